# One image for every process of the portal: web, worker, beat, migrate (see deploy/start).
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements-production.lock /tmp/
RUN pip install --require-hashes --requirement /tmp/requirements-production.lock
WORKDIR /srv/portal
COPY . .
RUN deploy/start collectstatic \
    && python -m compileall -q accounts customers licensing partnerportal

FROM python:3.11.14-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install --directory --owner=portal --mode=0700 /uploads
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/portal /srv/portal
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/portal
USER 10001
EXPOSE 8000
ENTRYPOINT ["/srv/portal/deploy/start"]
CMD ["web"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/srv/portal/deploy/healthy", "web"]
