import { readdirSync, readFileSync } from 'node:fs';
import type { Condition } from './conditions.ts';
import type { Row } from './row.ts';

export type { Row } from './row.ts';

/** Zoom's rate limit labels. */
export type Label = 'LIGHT' | 'MEDIUM' | 'HEAVY' | 'RESOURCE-INTENSIVE';

/** One GET endpoint as a fixture holds it: what Zoom's documents say, an example row, and what its streams promise. */
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
  /** What the path's placeholders take, where they name no row. */
  readonly placeholders?: Readonly<Record<string, Parameter>>;
  readonly required?: readonly string[];
  /** One of these has to be there. */
  readonly requiredOneOf?: readonly string[];
  readonly window?: WindowRule;
  /**
   * Field of the answer that lists the rows; dots go into objects, where the page token and the totals are then, too. Empty
   * where the body itself is the list, absent where the body is one row.
   */
  readonly collection?: string;
  /** An answer without rows lacks the list as well. */
  readonly leavesOut?: true;
  /** The list holds strings: the values of this field of the rows. */
  readonly strings?: string;
  /** Further lists of the answer, without pages and on each page: those that a parameter names. */
  readonly lists?: FurtherLists;
  /** The same rows under their old name and key. */
  readonly oldCollection?: { readonly name: string; readonly from: string; readonly to: string };
  /** The account's collection that is shown; default: the fixture's own name. */
  readonly rows?: string;
  /** Fields that Zoom documents beside the rows, apart from `page_size` and `next_page_token`. */
  readonly totals?: readonly ('page_count' | 'page_number' | 'total_records' | 'from' | 'to')[];
  /** Further fields of the body, with examples: they come after the rows. */
  readonly beside?: Row;
  readonly below?: Below;
  /** Field that tells rows apart, and that a path's placeholder holds. */
  readonly key?: string;
  readonly filters?: Readonly<Record<string, Filter>>;
  /** Query parameter -> fields that are left out unless it names them, or is true. */
  readonly optionalFields?: Readonly<Record<string, readonly string[]>>;
  /** The answer for an id that Zoom does not know. */
  readonly unknown?: ErrorAnswer;
  /** The answer for a user without the licence that the rows need. */
  readonly lacksLicence?: ErrorAnswer;
  /** What is promised of the streams that are made of these rows. */
  readonly streams?: readonly StreamPromise[];
  /** Fields that make generated rows differ; dots go into objects and lists. */
  readonly varies?: readonly string[];
  /** The first row below each parent is the same one: all of them list it, and what is below it is there once. */
  readonly shared?: true;
  /** A plain field that a changed row has another value in. */
  readonly changes?: string;
  /** Fields that may be missing, and how. */
  readonly gaps?: Readonly<Record<string, 'absent' | '' | null>>;
  /** An example with every documented field; values invented, instants relative. */
  readonly record: Row;
  /** Examples for values of a query parameter that are answered with other fields. */
  readonly variants?: { readonly parameter: string; readonly bodies: Readonly<Record<string, Row>> };
}

interface FurtherLists {
  readonly names: readonly string[];
  readonly parameter: string;
  /** The time that their rows are filtered by where parameters say so; else it is the window's own. */
  readonly window: { readonly field: string; readonly where: Readonly<Record<string, string>> };
}

/** Whose rows they are. */
export interface Below {
  readonly collection: string;
  /** Placeholder of the path, or query parameter, that names the parent. */
  readonly in: string;
  /** Field of the parent's row that it holds. */
  readonly field: string;
  /** Rows of the parent that have such rows at all, by their fields and what is promised to be added to them. */
  readonly only?: readonly Condition[];
  /** Fields that repeat one of the parent's: row field -> field of the parent's row. */
  readonly same?: Readonly<Record<string, string>>;
  /** Query parameter -> fields of the parent's row: one of them names it among those of the user in the path. */
  readonly by?: Readonly<Record<string, readonly string[]>>;
  /** Time field of the parent's row that its latest row here has: nothing is later. */
  readonly until?: string;
  /** Query parameter that has to hold the value which the parent is listed under, where its row does not tell. */
  readonly value?: string;
  /** Field of the parent's row: the rows are of days from that time on, the window's field holding the day. */
  readonly after?: string;
  /**
   * Rows that are of no parent, which a request without one lists. `also`: there are some in every account; `instead`: only where
   * there are no such parents, since Zoom wants one named where there are.
   */
  readonly without?: 'also' | 'instead';
  /** The first parent, or the request without one, lists the rows of the others too, as a place does with those inside it. */
  readonly overlaps?: true;
  /** Query of the parent's listing by which Zoom shows only parents that have such rows; nothing else tells which do. */
  readonly listedBy?: Readonly<Record<string, string>>;
  /** Some parents have no such rows, and nothing tells which until they are asked for. */
  readonly sparse?: true;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

/** A stream as the contract promises it. */
export interface StreamPromise {
  readonly name: string;
  readonly kind: 'snapshot' | 'windowed' | 'derived' | 'embedded';
  readonly key: readonly string[];
  /** Where no key is Zoom's own: the fields that tell rows apart, as alternatives; of several lists, for each. */
  readonly identity?:
    | readonly (readonly string[])[]
    | Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly cursor: string;
  readonly lookbackDays?: number;
  readonly tombstones?: boolean;
  /** Fields that Zoom makes anew for each call; dots go into objects and lists. */
  readonly volatile?: readonly string[];
  /** Fields that open something and whose names do not say so. */
  readonly sensitive?: readonly string[];
  /** Record field -> field of the parent's row. */
  readonly adds?: Readonly<Record<string, string>>;
  /** Of several, each value of one goes with each of the others. */
  readonly addsValue?: AddedValue | readonly AddedValue[];
  /** Fields beside the rows that are added to the record. */
  readonly addsBeside?: readonly string[];
  /**
   * Fields of the parent's row, as alternatives, the first one whose fields are all there naming it: rows of the same name are
   * one. What is added that is none of its fields is null.
   */
  readonly named?: readonly (readonly string[])[];
  /** Added fields that tell from which side a row was met that has two. */
  readonly sides?: readonly string[];
  /** Where several lists hold the rows: the field that the list's name is added under, and the time of each that is the cursor. */
  readonly addsList?: { readonly field: string; readonly times: Readonly<Record<string, string>> };
  /** Record field that the day is added under which Zoom's sums are of. */
  readonly addsDay?: string;
  /** The rows that are the stream's, where it shares its endpoint with another one, or is asked for only some rows of its parent. */
  readonly only?: readonly Condition[];
  /** Field of the row that lists the records. */
  readonly list?: string;
}

/** A value that no row tells, and the record field that it is added under. */
export interface AddedValue {
  /** A query parameter, or a placeholder of the path. */
  readonly parameter: string;
  readonly field: string;
  /** What is added where the parameter is left out. */
  readonly unset?: string;
  /** Default: all that Zoom documents, and leaving it out where `unset` is there. */
  readonly values?: readonly string[];
}

interface Parameter {
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
  readonly max?: number;
}

/**
 * Rows stay whose field equals the parameter (or its default), translated by `values`: into one, into several of which any
 * will do, or into null, which lets all stay.
 */
export interface Filter {
  readonly field: string;
  readonly values?: Readonly<Record<string, string | readonly string[] | null>>;
  /** Values whose rows are left out where the parameter is. */
  readonly hidden?: readonly string[];
  /** Value of the parameter -> whether rows stay that have the field, or those that lack it. */
  readonly present?: Readonly<Record<string, boolean>>;
}

export interface WindowRule {
  /** `month`: one calendar month, named by `year` and `month`. */
  readonly format: 'date' | 'date-time' | 'date-or-date-time' | 'month';
  /**
   * The time that rows are filtered by; those without one are in every range. Absent: a time that no row shows; the rows are
   * a day apart then, the latest first.
   */
  readonly field?: string;
  /** Query parameter that names the field instead; `fields` says which one where a value is no field's name. */
  readonly fieldParameter?: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** The query parameters of both ends; default: `from` and `to`. */
  readonly parameters?: readonly [string, string];
  /** The longest range. */
  readonly maxMonths?: number;
  readonly maxDays?: number;
  readonly keptMonths?: number;
  /** Zoom answers no later day. */
  readonly lastDay?: 'yesterday';
  /** What is answered is added up over the range, so that `field` is a day which no answer shows. */
  readonly sums?: SumRule;
  /** Days that an answer covers when `from` and `to` are left out; absent: everything. */
  readonly defaultDays?: number;
  /** Rows stay that have some of this collection below them in the window, whatever their own time: always, or as a parameter says. */
  readonly holds?: {
    readonly collection: string;
    readonly where?: Readonly<Record<string, string>>;
  };
  /** Dates that cannot be read are not filtered by. */
  readonly ignoresNonsense?: boolean;
}

export interface SumRule {
  /** Fields that are added up; dots go into objects. */
  readonly of: readonly string[];
  /** Fields of which the first one that is there tells whose sum it is. Empty: all rows make one. */
  readonly by: readonly string[];
}

/** Fixtures by name. */
export type Fixtures = Readonly<Record<string, Endpoint>>;

const folder = new URL('../fixtures/', import.meta.url);
let read: Fixtures | undefined;

/** Those of the folder: one for each endpoint. */
export function readFixtures(): Fixtures {
  read ??= Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => [
        file.slice(0, -'.json'.length),
        JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Endpoint,
      ]),
  );
  return read;
}

/** All examples. */
export function recordsOf({ record, variants }: Endpoint): readonly Row[] {
  return [record, ...Object.values(variants?.bodies ?? {})];
}

/** @throws Error for a name that no fixture has. */
export function fixtureOf(fixtures: Fixtures, name: string): Endpoint {
  const fixture = fixtures[name];
  if (fixture === undefined) throw new Error(`no fixture ${name}`);
  return fixture;
}
