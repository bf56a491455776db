import { SystemError } from '../errors.ts';

/** The braces of a declared path. */
export function placeholdersOf(template: string): readonly string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));
}

/**
 * Fills the braces of a declared path.
 *
 * Zoom wants a meeting UUID that begins with `/` or holds `//` encoded twice, since its front end decodes paths once
 * (https://developers.zoom.us/docs/api/using-zoom-apis/#meeting-id-and-uuid). Encoding any value with a `/` twice works as well.
 * @throws SystemError when a placeholder has no value.
 */
export function fillPath(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === null || value === '') {
      throw new SystemError(`The path ${template} has no value for {${name}}.`);
    }
    const encoded = encodeURIComponent(String(value).toWellFormed());
    return String(value).includes('/') ? encodeURIComponent(encoded) : encoded;
  });
}
