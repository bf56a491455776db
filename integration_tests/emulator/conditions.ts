import { changeField, readField } from './fields.ts';
import type { Row } from './row.ts';

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

/** Changes the row so that it meets none of them. */
export function miss(row: Row, conditions: readonly Condition[]): void {
  for (const condition of conditions) changeField(row, condition.field, (value) => missing(condition, value));
}

function missing(condition: Condition, value: unknown): unknown {
  if ('notIn' in condition) return condition.notIn[0];
  if ('above' in condition) return condition.above;
  return typeof value === 'boolean' ? !value : `not ${condition.in.join(' or ')}`;
}
