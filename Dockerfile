# One image for every process of the portal: web, worker, beat, migrate (see deploy/start).
FROM python:3.11.18-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
# Without pip of its own, which nothing that runs needs.
RUN python -m venv --without-pip /opt/venv
COPY requirements-production.lock /tmp/
RUN pip --python /opt/venv/bin/python install \
        --require-hashes --requirement /tmp/requirements-production.lock
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /srv/portal
COPY . .
RUN deploy/start collectstatic \
    && python -m compileall -q accounts api applications automation customers demo licensing \
        partnerportal uploads

FROM python:3.11.18-slim-bookworm
RUN useradd --no-log-init --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install --directory --owner=portal --mode=0700 /uploads \
    && pip uninstall --yes --quiet --root-user-action=ignore pip setuptools wheel
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/portal /srv/portal
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WEB_BIND=0.0.0.0:8000
WORKDIR /srv/portal
USER 10001
EXPOSE 8000
ENTRYPOINT ["/srv/portal/deploy/start"]
CMD ["web"]
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s CMD ["/srv/portal/deploy/healthy", "web"]
