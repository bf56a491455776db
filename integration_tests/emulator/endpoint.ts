import { readdirSync, readFileSync } from 'node:fs';

export type Row = { [field: string]: unknown };

/** What Zoom's documents say of one GET endpoint, as a fixture holds it. */
export interface Endpoint {
  readonly request: string;
  /** Where the facts were read. */
  readonly source: string;
  /** Zoom's rate limit label; null where none is published. */
  readonly label: Label | null;
  /** The label that answers carry where none is published. */
  readonly answeredLabel?: Label;
  readonly scopes: { readonly granular: readonly string[]; readonly classic: readonly string[] };
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly required?: readonly string[];
  readonly window?: WindowRule;
  /** Field of the answer that lists the rows. */
  readonly collection?: string;
  /** The same rows under their old name and key. */
  readonly oldCollection?: { readonly name: string; readonly from: string; readonly to: string };
  /** Collection whose row with the path's id is the answer. */
  readonly object?: string;
  /** Collection of the account that the rows come from; default: `collection`'s own. */
  readonly rows?: string;
  readonly key?: string;
  /** True where Zoom documents page_count and total_records. */
  readonly totals?: boolean;
  /** The path names a user, who has rows of their own. */
  readonly parentUser?: boolean;
  /** The path names a meeting by its number (the latest instance) or by the UUID of an instance. */
  readonly instance?: boolean;
  /** Query parameter -> field that has to be equal to it. */
  readonly filters?: Readonly<Record<string, string>>;
  /** Query parameter -> fields that are left out unless it names them. */
  readonly optionalFields?: Readonly<Record<string, readonly string[]>>;
  readonly unknown?: { readonly status: number; readonly code: number; readonly message: string };
  /** Example rows with every documented field; values invented. */
  readonly records: readonly Row[];
}

export type Label = 'LIGHT' | 'MEDIUM' | 'HEAVY' | 'RESOURCE-INTENSIVE';

interface Parameter {
  readonly enum?: readonly string[];
  readonly default?: string | number;
  readonly max?: number;
}

export interface WindowRule {
  readonly format: 'date' | 'date-or-date-time';
  readonly field: string;
  /** Query parameter that names the field instead. */
  readonly fieldParameter?: string;
  readonly maxMonths: number;
  readonly keptMonths?: number;
  /** Days that an answer covers when `from` and `to` are left out. */
  readonly defaultDays?: number;
  /** Dates that cannot be read are not filtered by. */
  readonly ignoresNonsense?: boolean;
}

export interface Route {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly template: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

const folder = new URL('../fixtures/', import.meta.url);

/** The example rows of a fixture. */
export function exampleRow(name: string): Row {
  const row = readFixture(name).records[0];
  if (row === undefined) throw new Error(`the fixture ${name} has no record`);
  return structuredClone(row);
}

function readFixture(name: string): Endpoint {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Endpoint;
}

/** Every endpoint that a fixture describes; paths without placeholders are tried first. */
export function loadRoutes(): readonly Route[] {
  const names = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const routes = names.map((file) => toRoute(file.slice(0, -'.json'.length)));
  return routes.sort((a, b) => a.names.length - b.names.length);
}

function toRoute(name: string): Route {
  const endpoint = readFixture(name);
  const template = endpoint.request.replace(/^GET /, '');
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, placeholder]) => String(placeholder));
  const pattern = new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`);
  return { name, endpoint, template, names, pattern };
}
