FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json spec.json ./
COPY schemas ./schemas
COPY src ./src
RUN npm run build

FROM node:24-bookworm-slim
# npm and yarn are for building; the connector is its bundle and Node.
RUN rm -rf /usr/local/lib/node_modules /opt/yarn-* /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/yarn \
      /usr/local/bin/yarnpkg /usr/local/bin/corepack /usr/local/include /usr/local/share/doc /usr/local/share/man \
  && groupmod --new-name airbyte node \
  && usermod --login airbyte --home /airbyte --move-home node \
  && mkdir -p /airbyte/integration_code /secrets /config /custom_cache \
  && chown -R airbyte:airbyte /airbyte /secrets /config /custom_cache
WORKDIR /airbyte/integration_code
COPY --chmod=644 spec.json package.json ./
COPY --chmod=755 --from=build /build/schemas ./schemas
COPY --chmod=755 --from=build /build/dist ./dist
# Airbyte gives a source 2 GiB unless told otherwise, and Node does not always read that off its container. NODE_OPTIONS
# would be overridden by none of Airbyte's own variables; a user can still set another value.
ENV NODE_ENV=production \
    NODE_OPTIONS=--max-old-space-size=1024 \
    TZ=UTC \
    AIRBYTE_ENTRYPOINT="/usr/local/bin/node /airbyte/integration_code/dist/main.js"
LABEL io.airbyte.name="source-zoom" \
      io.airbyte.version="0.1.0" \
      org.opencontainers.image.title="source-zoom" \
      org.opencontainers.image.licenses="MIT"
USER airbyte
ENTRYPOINT ["/usr/local/bin/node", "/airbyte/integration_code/dist/main.js"]
