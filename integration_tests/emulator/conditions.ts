import type { Row } from './endpoint.ts';
import { readField } from './fields.ts';

/** What a row has to be like; dots go into objects. */
export type Condition = { readonly field: string } & (
  | { readonly in: readonly unknown[] }
  | { readonly notIn: readonly unknown[] }
  | { readonly above: number }
);

/** Whether a row meets all of them; a field that is absent or null does. */
export function meets(row: Row, conditions: readonly Condition[] = []): boolean {
  return conditions.every((condition) => {
    const value = readField(row, condition.field);
    if (value === undefined || value === null) return true;
    if ('in' in condition) return condition.in.includes(value);
    if ('notIn' in condition) return !condition.notIn.includes(value);
    return Number(value) > condition.above;
  });
}
