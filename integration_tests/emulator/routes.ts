import type { Endpoint, Fixtures } from './endpoint.ts';

export interface Route {
  /** The fixture's. */
  readonly name: string;
  readonly endpoint: Endpoint;
  /** The documented path with its braces. */
  readonly template: string;
  readonly pattern: RegExp;
  readonly placeholders: readonly string[];
}

export interface Match {
  readonly route: Route;
  /** What stands in the placeholders, decoded. */
  readonly ids: readonly string[];
}

/** Every endpoint that a fixture describes; paths with fewer placeholders are tried first. */
export function loadRoutes(fixtures: Fixtures): readonly Route[] {
  const routes = Object.entries(fixtures).map(([name, endpoint]) => toRoute(name, endpoint));
  return routes.sort((a, b) => a.placeholders.length - b.placeholders.length);
}

function toRoute(name: string, endpoint: Endpoint): Route {
  const template = endpoint.request.replace(/^GET /, '');
  const placeholders = [...template.matchAll(/\{(\w+)\}/g)].map(([, placeholder]) => String(placeholder));
  const pattern = new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`);
  return { name, endpoint, template, pattern, placeholders };
}

/**
 * The endpoint of a path below the API's root, still encoded. Zoom's front end turns a slash that was encoded once into a
 * slash again where an id begins with one or holds two in a row, so that no endpoint is found; such a UUID has to be
 * encoded twice, and any other one with a slash may be. (developers.zoom.us, API reference, `meetingId` of past meetings)
 */
export function findRoute(routes: readonly Route[], encodedPath: string): Match | undefined {
  const path = encodedPath.replace(/(?<=\/)%2F/gi, '/').replace(/%2F%2F/gi, '//');
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (match === null) continue;
    const ids = match.slice(1).map(decodeId);
    return ids.every((id) => id !== undefined) ? { route, ids } : undefined;
  }
  return undefined;
}

/** Undefined where it is not encoded properly. */
function decodeId(segment: string): string | undefined {
  try {
    const once = decodeURIComponent(segment);
    return /%2F/i.test(once) ? decodeURIComponent(once) : once;
  } catch {
    return undefined;
  }
}
