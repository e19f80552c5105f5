"""The two potentials of a sheet of cortex, solved together at every step.

Unknowns of a cell: phi, the extracellular potential, and v, the glial membrane voltage (RT/F), so that phi + v is the
potential in the glial syncytium. Charge is kept by what crosses the faces:
    K_T phi + K_G v + R phi = b_1      K_T = -div (s_e + s_g) grad,  K_G = -div s_g grad,  R to the return path
    K_G phi + (K_G + D) v   = b_2      D = C/dt + conductance of the glial membrane
a symmetric matrix, positive but for a constant phi where nothing returns. Conjugate gradients from an extrapolated
guess, preconditioned by one V-cycle: block Jacobi before and after, bilinear prolongation, its transpose down; coarse
conductances are half the sum of the fine faces between two aggregates, which is what the coarse grid's own would be.

A grid is an array (row, y, x) with a ghost line below and left and two beyond the end; a face belongs to the cell to
its left or below. All sums run in one order whatever the number of threads of the rest.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

FAST = {"contract", "nsz"}

TX, GX, TY, GY, D, R = range(6)  # conductances of faces and cells
I11, I12, I22 = range(6, 9)  # inverse of the diagonal block
X1, X2, B1, B2, W1, W2 = range(9, 15)
N_ROW = 15
GHOST = 3  # lines around a grid: one before, two after
DAMPING = 0.8
SMALLEST = 3  # cells of a side that is not made coarser
TURNS = 8  # of Gauss-Seidel to and fro on the coarsest grid
MOST_CYCLES = 60

OK, NOT_SOLVED = 0, 1


def levels(ny: int, nx: int) -> Integers:
    """Return (level, 3): cells in y, cells in x and the place in the buffer of each grid, finest first."""
    rows, at = [], 0
    while True:
        rows.append((ny, nx, at))
        at += N_ROW * (ny + GHOST) * (nx + GHOST)
        if max(ny, nx) <= SMALLEST:
            rows.append((0, 0, at))  # where the buffer ends
            return np.array(rows, dtype=np.int64)
        ny, nx = -(-ny // 2), -(-nx // 2)


@njit(cache=True, fastmath=FAST, error_model="numpy")
def grid_at(buffer: Array, table: Integers, level: int) -> Array:
    """Return the arrays (row, y, x) of one level, a view into the buffer."""
    ny, nx = table[level, 0] + GHOST, table[level, 1] + GHOST
    return buffer[table[level, 2] : table[level + 1, 2]].reshape((N_ROW, ny, nx))


@njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
def coarsen(buffer: Array, table: Integers) -> None:
    """Fills the conductances of the coarse grids from the finest, and the inverse diagonal blocks of all."""
    last = table.shape[0] - 2
    for level in range(last + 1):
        fine = grid_at(buffer, table, level)
        ny, nx = table[level, 0], table[level, 1]
        invert_diagonal(fine, ny, nx)
        if level == last:
            return
        coarse = grid_at(buffer, table, level + 1)
        coarse[:6] = 0.0
        for y in range(1, ny + 1):
            cy = (y + 1) // 2
            for x in range(1, nx + 1):
                cx = (x + 1) // 2
                coarse[D, cy, cx] += fine[D, y, x]
                coarse[R, cy, cx] += fine[R, y, x]
                if x % 2 == 0:
                    coarse[TX, cy, cx] += 0.5 * fine[TX, y, x]
                    coarse[GX, cy, cx] += 0.5 * fine[GX, y, x]
                if y % 2 == 0:
                    coarse[TY, cy, cx] += 0.5 * fine[TY, y, x]
                    coarse[GY, cy, cx] += 0.5 * fine[GY, y, x]


@njit(cache=True, fastmath=FAST, error_model="numpy")
def invert_diagonal(g: Array, ny: int, nx: int) -> None:
    """Fills the inverse of the diagonal block of every cell."""
    for y in range(1, ny + 1):
        for x in range(1, nx + 1):
            t = g[TX, y, x] + g[TX, y, x - 1] + g[TY, y, x] + g[TY, y - 1, x]
            s = g[GX, y, x] + g[GX, y, x - 1] + g[GY, y, x] + g[GY, y - 1, x]
            t, d = t + g[R, y, x], s + g[D, y, x]
            inverse = 1.0 / (t * d - s * s)
            g[I11, y, x], g[I12, y, x], g[I22, y, x] = d * inverse, -s * inverse, t * inverse


@njit(cache=True, fastmath=FAST, error_model="numpy")
def apply(g: Array, u: Array, v: Array, out_1: Array, out_2: Array, y: int, nx: int) -> None:
    """Fills one row of the matrix times (u, v); ghosts count for nothing, since their faces are shut."""
    tx, gx, ty, gy = g[TX, y], g[GX, y], g[TY, y], g[GY, y]
    ty_0, gy_0, d, r = g[TY, y - 1], g[GY, y - 1], g[D, y], g[R, y]
    u_0, u_1, u_2, v_0, v_1, v_2 = u[y - 1], u[y], u[y + 1], v[y - 1], v[y], v[y + 1]
    for x in range(1, nx + 1):
        here, there = u_1[x], v_1[x]
        e, w, n, s = here - u_1[x + 1], here - u_1[x - 1], here - u_2[x], here - u_0[x]
        e_v, w_v, n_v, s_v = there - v_1[x + 1], there - v_1[x - 1], there - v_2[x], there - v_0[x]
        out_1[x] = (
            tx[x] * e + tx[x - 1] * w + ty[x] * n + ty_0[x] * s
            + gx[x] * e_v + gx[x - 1] * w_v + gy[x] * n_v + gy_0[x] * s_v + r[x] * here
        )  # fmt: skip
        out_2[x] = gx[x] * (e + e_v) + gx[x - 1] * (w + w_v) + gy[x] * (n + n_v) + gy_0[x] * (s + s_v) + d[x] * there


@njit(cache=True, fastmath=FAST, error_model="numpy")
def residual(g: Array, y: int, nx: int) -> None:
    """Fills one row of W with B less the matrix times X."""
    w_1, w_2, b_1, b_2 = g[W1, y], g[W2, y], g[B1, y], g[B2, y]
    apply(g, g[X1], g[X2], w_1, w_2, y, nx)
    for x in range(1, nx + 1):
        w_1[x], w_2[x] = b_1[x] - w_1[x], b_2[x] - w_2[x]


@njit(cache=True, fastmath=FAST, error_model="numpy")
def relax(g: Array, y: int, nx: int, fresh: bool) -> None:
    """Adds the damped inverse diagonal times W (times B where ``fresh``) to one row of X (which is then set)."""
    x_1, x_2, i_11, i_12, i_22 = g[X1, y], g[X2, y], g[I11, y], g[I12, y], g[I22, y]
    if fresh:
        a, b = g[B1, y], g[B2, y]
        for x in range(1, nx + 1):
            x_1[x] = DAMPING * (i_11[x] * a[x] + i_12[x] * b[x])
            x_2[x] = DAMPING * (i_12[x] * a[x] + i_22[x] * b[x])
    else:
        a, b = g[W1, y], g[W2, y]
        for x in range(1, nx + 1):
            x_1[x] += DAMPING * (i_11[x] * a[x] + i_12[x] * b[x])
            x_2[x] += DAMPING * (i_12[x] * a[x] + i_22[x] * b[x])


@njit(cache=True, fastmath=FAST, error_model="numpy")
def mirror(a: Array, ny: int, nx: int, odd_empty: bool) -> None:
    """Fills the ghosts of a field by its edge; beyond an odd side with nothing where ``odd_empty``."""
    for y in range(1, ny + 1):
        a[y, 0] = a[y, 1]
        a[y, nx + 1] = 0.0 if odd_empty and nx % 2 == 1 else a[y, nx]
        a[y, nx + 2] = 0.0
    a[0] = a[1]
    if odd_empty and ny % 2 == 1:
        a[ny + 1] = 0.0
    else:
        a[ny + 1] = a[ny]
    a[ny + 2] = 0.0


@njit(cache=True, fastmath=FAST, error_model="numpy")
def go_down(fine: Array, coarse: Array, sides: tuple[int, int, int, int], mixed: Array) -> None:
    """Fills the coarse right-hand side by the transpose of bilinear prolongation of the fine residual."""
    ny, nx, cy, cx = sides
    for field in range(2):
        a, b = fine[W1 + field], coarse[B1 + field]
        mirror(a, ny, nx, True)
        for y in range(1, cy + 1):
            low, r_1, r_2, top = a[2 * y - 2], a[2 * y - 1], a[2 * y], a[2 * y + 1]
            for x in range(nx + GHOST):
                mixed[x] = 0.25 * (low[x] + top[x]) + 0.75 * (r_1[x] + r_2[x])
            out = b[y]
            for x in range(1, cx + 1):
                out[x] = 0.25 * (mixed[2 * x - 2] + mixed[2 * x + 1]) + 0.75 * (mixed[2 * x - 1] + mixed[2 * x])


@njit(cache=True, fastmath=FAST, error_model="numpy")
def go_up(fine: Array, coarse: Array, sides: tuple[int, int, int, int], mixed: Array) -> None:
    """Adds the coarse correction to X of the fine grid, bilinear between the middles of cells."""
    ny, nx, cy, cx = sides
    for field in range(2):
        a, b = fine[X1 + field], coarse[X1 + field]
        mirror(b, cy, cx, False)
        for y in range(1, ny + 1):
            near = (y + 1) // 2
            r_1, r_2 = b[near], b[near - 1 if y % 2 == 1 else near + 1]
            for x in range(cx + 2):
                mixed[x] = 0.75 * r_1[x] + 0.25 * r_2[x]
            out = a[y]
            for x in range(1, cx):
                out[2 * x - 1] += 0.75 * mixed[x] + 0.25 * mixed[x - 1]
                out[2 * x] += 0.75 * mixed[x] + 0.25 * mixed[x + 1]
            out[2 * cx - 1] += 0.75 * mixed[cx] + 0.25 * mixed[cx - 1]
            if nx % 2 == 0:
                out[nx] += 0.75 * mixed[cx] + 0.25 * mixed[cx + 1]


@njit(cache=True, fastmath=FAST, error_model="numpy")
def solve_coarsest(g: Array, ny: int, nx: int) -> None:
    """Gauss-Seidel to and fro from nothing on the coarsest grid: symmetric, as the preconditioner has to be."""
    g[X1] = 0.0
    g[X2] = 0.0
    for turn in range(2 * TURNS):
        for step in range(ny * nx):
            at = step if turn % 2 == 0 else ny * nx - 1 - step
            y, x = 1 + at // nx, 1 + at % nx
            apply(g, g[X1], g[X2], g[W1, y], g[W2, y], y, nx)
            a, b = g[B1, y, x] - g[W1, y, x], g[B2, y, x] - g[W2, y, x]
            g[X1, y, x] += g[I11, y, x] * a + g[I12, y, x] * b
            g[X2, y, x] += g[I12, y, x] * a + g[I22, y, x] * b


@njit(cache=True, fastmath=FAST, error_model="numpy")
def cycle(buffer: Array, table: Integers, mixed: Array) -> None:
    """One V-cycle: X of the finest grid becomes about the inverse of the matrix times its B.

    Rows are relaxed one ahead of their residual on the way down and one behind it on the way up, while they are near.
    """
    last = table.shape[0] - 2
    for level in range(last):
        g, below = grid_at(buffer, table, level), grid_at(buffer, table, level + 1)
        ny, nx = table[level, 0], table[level, 1]
        relax(g, 1, nx, True)
        for y in range(1, ny + 1):
            if y < ny:
                relax(g, y + 1, nx, True)
            residual(g, y, nx)
        go_down(g, below, (ny, nx, table[level + 1, 0], table[level + 1, 1]), mixed)
    solve_coarsest(grid_at(buffer, table, last), table[last, 0], table[last, 1])
    for level in range(last - 1, -1, -1):
        g, below = grid_at(buffer, table, level), grid_at(buffer, table, level + 1)
        ny, nx = table[level, 0], table[level, 1]
        go_up(g, below, (ny, nx, table[level + 1, 0], table[level + 1, 1]), mixed)
        for y in range(1, ny + 2):
            if y <= ny:
                residual(g, y, nx)
            if y > 1:
                relax(g, y - 1, nx, False)


@njit(cache=True, fastmath=FAST, error_model="numpy")
def spread(a: Array, sums: Array, ny: int, nx: int) -> float:
    """Root of the summed squares of a pair of fields, the first less its mean: a constant phi moves nothing.

    Summed along columns first (``sums`` (2, x) is scratch): each column is a sum of its own, so that the compiler adds
    several at once without a change of their order.
    """
    sums[:] = 0.0
    plain, squared, zero = sums[0], sums[1], a[0, 1, 1]
    for y in range(1, ny + 1):
        u, v = a[0, y], a[1, y]
        for x in range(1, nx + 1):
            shifted = u[x] - zero
            plain[x] += shifted
            squared[x] += shifted * shifted + v[x] * v[x]
    mean, whole = 0.0, 0.0
    for x in range(1, nx + 1):
        mean += plain[x]
        whole += squared[x]
    return np.sqrt(max(0.0, whole - mean * mean / (ny * nx)))


@njit(cache=True, fastmath=FAST, error_model="numpy")
def inner(a: Array, b: Array, sums: Array, ny: int, nx: int) -> float:
    """Sum of the products of two pairs of fields (2, y, x) over the cells; ``sums`` as in `spread`."""
    columns = sums[0]
    columns[:] = 0.0
    for y in range(1, ny + 1):
        u, v, u_b, v_b = a[0, y], a[1, y], b[0, y], b[1, y]
        for x in range(1, nx + 1):
            columns[x] += u[x] * u_b[x] + v[x] * v_b[x]
    whole = 0.0
    for x in range(1, nx + 1):
        whole += columns[x]
    return whole


@njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
def solve(
    buffer: Array, table: Integers, guess: Array, right: Array, work: Array, small: float, tolerance: float
) -> tuple[int, int]:
    """Moves ``guess`` (2, y, x) to the solution of ``right`` (2, y, x); (status, V-cycles).

    ``work`` (4, y, x) is scratch: the direction and the matrix times it. Ends when what a V-cycle would still change
    is ``tolerance`` of the potentials' spread, or of ``small`` where they are flat; that change is made.
    """
    ny, nx = table[0, 0], table[0, 1]
    g = grid_at(buffer, table, 0)
    mixed, sums = np.empty(max(ny, nx) + 2 * GHOST), np.empty((2, nx + GHOST))
    towards, image, left, change = work[:2], work[2:], g[B1 : B2 + 1], g[X1 : X2 + 1]
    for y in range(1, ny + 1):
        apply(g, guess[0], guess[1], left[0, y], left[1, y], y, nx)
        blend(left, right, (-1.0, 1.0), y, nx)
    wanted = tolerance * max(small, spread(guess, sums, ny, nx))
    before = 1.0
    for turn in range(MOST_CYCLES):
        cycle(buffer, table, mixed)
        if not spread(change, sums, ny, nx) > wanted:
            for y in range(1, ny + 1):
                blend(guess, change, (1.0, 1.0), y, nx)
            return OK, turn + 1
        product = inner(left, change, sums, ny, nx)
        share = 0.0 if turn == 0 else product / before
        before = product
        blend(towards, change, (share, 1.0), 1, nx)
        for y in range(1, ny + 1):
            if y < ny:
                blend(towards, change, (share, 1.0), y + 1, nx)
            apply(g, towards[0], towards[1], image[0, y], image[1, y], y, nx)
        length = product / inner(towards, image, sums, ny, nx)
        for y in range(1, ny + 1):
            blend(guess, towards, (1.0, length), y, nx)
            blend(left, image, (1.0, -length), y, nx)
    return NOT_SOLVED, MOST_CYCLES


@njit(cache=True, fastmath=FAST, error_model="numpy")
def blend(a: Array, b: Array, shares: tuple[float, float], y: int, nx: int) -> None:
    """Makes one row of a pair of fields the sum of its share and a share of another's."""
    kept_share, other = shares
    for field in range(2):
        to, row = a[field, y], b[field, y]
        for x in range(1, nx + 1):
            to[x] = kept_share * to[x] + other * row[x]
