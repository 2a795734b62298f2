# skipgate as a container: docker build -t skipgate . && docker run --rm -v "$PWD:/work" skipgate check models
FROM python:3.13-slim AS build
COPY . /src
RUN python -m venv /opt/skipgate && /opt/skipgate/bin/pip install --no-cache-dir -c /src/constraints.txt /src

FROM python:3.13-slim
COPY --from=build /opt/skipgate /opt/skipgate
# The repository that is mounted belongs to somebody else, which git takes for a danger unless it is told.
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/* \
 && git config --system --add safe.directory /work
ENV PATH=/opt/skipgate/bin:$PATH SKIPGATE_CACHE=/tmp/skipgate
USER nobody
WORKDIR /work
ENTRYPOINT ["skipgate"]
