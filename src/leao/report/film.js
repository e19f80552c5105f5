"use strict";
// Plays a film: every canvas of a place names a reel; a slider and a button move all of them together.
// A page ends it with a call (film.py); the local pages take it as a module.
const playFilm = async (film, place) => {
  const slider = place.querySelector("[data-film=time]"), button = place.querySelector("[data-film=play]");
  const clock = place.querySelector("[data-film=clock]");
  const unpack = async (text, size) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const all = new Uint8Array(await new Response(stream).arrayBuffer());
    for (let i = size; i < all.length; i++) all[i] += all[i - size];
    return all;
  };
  const colours = (hex) => {
    const ramp = new Uint8Array(768), n = hex.length / 6;
    for (let i = 0; i < 256; i++) {
      const at = Math.min(n - 1, Math.round(i * (n - 1) / 255)) * 6;
      for (let k = 0; k < 3; k++) ramp[3 * i + k] = parseInt(hex.slice(at + 2 * k, at + 2 * k + 2), 16);
    }
    return ramp;
  };
  const screens = [];
  for (const canvas of place.querySelectorAll("canvas[data-reel]")) {
    const reel = film.reels[Number(canvas.dataset.reel)], size = reel.width * reel.height;
    canvas.width = reel.width;
    canvas.height = reel.height;
    screens.push({
      frames: await unpack(reel.data, size), reel, size, ramp: colours(reel.ramp),
      context: canvas.getContext("2d"), image: new ImageData(reel.width, reel.height),
    });
  }
  const show = (frame) => {
    for (const { frames, reel, size, ramp, context, image } of screens) {
      for (let y = 0; y < reel.height; y++) {
        for (let x = 0; x < reel.width; x++) {
          const level = frames[frame * size + (reel.height - 1 - y) * reel.width + x], at = 4 * (y * reel.width + x);
          for (let k = 0; k < 3; k++) image.data[at + k] = ramp[3 * level + k];
          image.data[at + 3] = 255;
        }
      }
      context.putImageData(image, 0, 0);
    }
    const seconds = film.times[frame];
    clock.textContent = `${Math.floor(seconds / 60)} min ${String(Math.round(seconds % 60)).padStart(2, "0")} s`;
    slider.value = String(frame);
    slider.setAttribute("aria-valuetext", clock.textContent);
  };
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; button.textContent = "Play"; };
  button.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(slider.value) >= film.times.length - 1) show(0);
    button.textContent = "Pause";
    timer = setInterval(() => {
      const next = Number(slider.value) + 1;
      if (next >= film.times.length) return stop();
      show(next);
    }, 80);
  });
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
  slider.max = String(film.times.length - 1);
  const wanted = /^#frame=(\d+)$/.exec(location.hash);
  show(Math.min(film.times.length - 1, wanted ? Number(wanted[1]) : Math.floor(film.times.length / 2)));
  document.documentElement.dataset.film = "ready";
  return stop;
};
