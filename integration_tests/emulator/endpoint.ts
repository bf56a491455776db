import { readdirSync, readFileSync } from 'node:fs';

export type Row = { [field: string]: unknown };

/** Zoom's rate limit labels. */
export type Label = 'LIGHT' | 'MEDIUM' | 'HEAVY' | 'RESOURCE-INTENSIVE';

/** What Zoom's documents say of one GET endpoint, as a fixture holds it. */
export interface Endpoint {
  readonly request: `GET /${string}`;
  /** Where the facts were read. */
  readonly source: string;
  /** The rate limit label; null where none is published. */
  readonly label: Label | null;
  /** The label that answers carry where none is published. */
  readonly answeredLabel?: Label;
  readonly scopes: { readonly granular: readonly string[]; readonly classic: readonly string[] };
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly required?: readonly string[];
  readonly window?: WindowRule;
  /** Field of the answer that lists the rows; empty where the body itself is the list. */
  readonly collection?: string;
  /** The same rows under their old name and key. */
  readonly oldCollection?: { readonly name: string; readonly from: string; readonly to: string };
  /** The answer is one row, not a list. */
  readonly isObject?: boolean;
  /** Whose rows they are, where another fixture describes the same ones; default: the fixture's own name. */
  readonly rows?: string;
  /** Fields that Zoom documents beside the rows, apart from `page_size` and `next_page_token`. */
  readonly totals?: readonly ('page_count' | 'page_number' | 'total_records' | 'from' | 'to')[];
  /** What the path's first placeholder names; the rows are its own. Absent where it names the row itself. */
  readonly parent?: 'accounts' | 'users' | 'meetings' | 'instances' | (string & {});
  /** Field that tells rows apart, and that a path's placeholder holds. */
  readonly key?: string;
  readonly filters?: Readonly<Record<string, Filter>>;
  /** Query parameter -> fields that are left out unless it names them. */
  readonly optionalFields?: Readonly<Record<string, readonly string[]>>;
  /** The answer for an id that Zoom does not know. */
  readonly unknown?: { readonly status: number; readonly code: number; readonly message: string };
  /** Example rows with every documented field; values invented. */
  readonly records: readonly Row[];
}

interface Parameter {
  readonly enum?: readonly string[];
  readonly default?: string | number;
  readonly max?: number;
}

/** Rows stay whose field equals the parameter (or its default), translated by `values`; null lets all stay. */
interface Filter {
  readonly field: string;
  readonly values?: Readonly<Record<string, string | null>>;
}

export interface WindowRule {
  readonly format: 'date' | 'date-or-date-time';
  readonly field: string;
  /** Query parameter that names the field instead. */
  readonly fieldParameter?: string;
  readonly maxMonths?: number;
  readonly keptMonths?: number;
  /** Days that an answer covers when `from` and `to` are left out; absent: everything. */
  readonly defaultDays?: number;
  /** Dates that cannot be read are not filtered by. */
  readonly ignoresNonsense?: boolean;
}

const folder = new URL('../fixtures/', import.meta.url);
const read = new Map<string, Endpoint>();

/** The fixture of a name. */
export function readFixture(name: string): Endpoint {
  const known = read.get(name);
  if (known !== undefined) return known;
  const endpoint = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Endpoint;
  read.set(name, endpoint);
  return endpoint;
}

/** The names of all fixtures: one for each endpoint. */
export function listFixtures(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
}

/** A row with every field that Zoom documents, to be changed at will. */
export function exampleRow(name: string): Row {
  const [row] = readFixture(name).records;
  if (row === undefined) throw new Error(`the fixture ${name} has no record`);
  return structuredClone(row);
}
