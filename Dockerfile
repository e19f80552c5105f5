# leao in a container: docker build -t leao . && docker run --rm -v "$PWD:/home/leao/work" leao run noruzzadeh2016
FROM python:3.13-slim
WORKDIR /opt/leao
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY src ./src
RUN pip install --no-cache-dir -c requirements.lock ".[simulate,tables]"
RUN useradd --create-home leao && mkdir /home/leao/work && chown leao /home/leao/work
USER leao
WORKDIR /home/leao/work
ENTRYPOINT ["leao"]
CMD ["--help"]
