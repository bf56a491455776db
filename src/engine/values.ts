import type { JsonObject } from '../json.ts';
import type { Values } from '../streams/declaration.ts';

/** One of the values that an endpoint is asked with: what it adds to a request, and to the records. */
export interface AskedValue {
  readonly parameters: Readonly<Record<string, string>>;
  readonly added: Readonly<JsonObject>;
}

/** Every combination of an endpoint's `values`; the one empty one where it has none. */
export function combine(values: readonly Values[] = []): readonly [AskedValue, ...AskedValue[]] {
  const none: readonly AskedValue[] = [{ parameters: {}, added: {} }];
  return values.reduce(
    (before, each) => before.flatMap((one) => each.values.map((value) => withValue(one, each, value))),
    none,
  ) as unknown as readonly [AskedValue, ...AskedValue[]];
}

function withValue({ parameters, added }: AskedValue, { parameter, adds, unset }: Values, value: string) {
  return {
    parameters: value === '' ? parameters : { ...parameters, [parameter]: value },
    added: adds === undefined ? added : { ...added, [adds]: value === '' ? unset : value },
  };
}
