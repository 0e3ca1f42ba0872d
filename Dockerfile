# The studio in a container, not as root, on a file system that is read-only but for /data and /tmp:
#   docker build -t lumina-studio .
#   docker run --read-only --tmpfs /tmp -v lumina:/data -p 7860:7860 lumina-studio
FROM python:3.12-slim AS build
# An index of other builds of torch, such as the one for CPUs, which are much smaller.
ARG TORCH_INDEX=""
WORKDIR /build
COPY requirements.txt constraints.txt ./
RUN python -m venv /opt/venv && \
    /opt/venv/bin/pip install --no-cache-dir ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} \
    --constraint constraints.txt --requirement requirements.txt

FROM python:3.12-slim
RUN useradd --uid 1000 --no-create-home studio && install --directory --owner studio /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY README.md LICENSE app.py ./
COPY lumina lumina
COPY assets assets
COPY workflows workflows
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 HOME=/tmp HF_HOME=/data/hub
ENV LUMINA_RESULTS=/data/results LUMINA_MODELS=/data/models LUMINA_OUTPUTS=/data/outputs
USER studio
VOLUME /data
EXPOSE 7860
HEALTHCHECK CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/healthz')"]
CMD ["python", "app.py", "--host", "0.0.0.0", "--port", "7860"]
