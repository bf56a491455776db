import type {
  Condition,
  Endpoint,
  Parent,
  StreamDeclaration,
  Window,
} from '../../src/streams/declaration.ts';
import { asCode } from './sections.ts';

/** How many calls of its own a stream costs, in words; what its parents cost stands with them. */
export function describeCalls(declaration: StreamDeclaration): string {
  if (declaration.kind === 'embedded')
    return `none of its own: the records are in the rows of ${asCode(declaration.parent.name)}`;
  const { parent } = declaration;
  const each = [...eachValue(declaration), ...eachWindow(declaration), ...eachRow(parent)];
  const calls =
    each.length === 0 ? onePage(declaration) : `${onePage(declaration)}, for ${each.join(' and ')}`;
  return calls + withoutRows(parent);
}

function onePage({ records, pageSize = 300 }: Endpoint): string {
  return records === undefined || pageSize === 0 ? 'one' : `one a page of ${pageSize} rows`;
}

function eachValue({ values = [] }: Endpoint): readonly string[] {
  return values
    .filter((value) => value.values.length > 1)
    .map(({ parameter, values: all }) => `each of ${all.length} values of ${asCode(parameter)}`);
}

function eachWindow({ window, parent }: Endpoint): readonly string[] {
  if (window === undefined) return [];
  const length = lengthOf(window);
  return [parent?.sameWindow === true ? `${length}, in which each` : length];
}

function lengthOf({ format, sumsByDay, maxDays }: Window): string {
  if (format === 'month') return 'each month';
  if (sumsByDay !== undefined || maxDays === 1) return 'each day';
  return `each ${maxDays} days`;
}

function eachRow(parent: Parent | undefined): readonly string[] {
  if (parent === undefined) return [];
  const { name, only = [], query = {} } = parent;
  const conditions = [
    ...Object.entries(query).map(
      ([parameter, value]) => `Zoom lists it under ${asCode(`${parameter}=${value}`)}`,
    ),
    ...only.map(describeCondition),
  ];
  const row = `each row of ${asCode(name)}`;
  return [conditions.length === 0 ? row : `${row} (only if ${conditions.join(' and ')})`];
}

function describeCondition(condition: Condition): string {
  const field = asCode(condition.field);
  if ('above' in condition) return `${field} is above ${condition.above}`;
  const [verb, values] = 'in' in condition ? ['is', condition.in] : ['is not', condition.notIn];
  return `${field} ${verb} ${values.join(' or ')}`;
}

function withoutRows(parent: Parent | undefined): string {
  if (parent?.without === undefined) return '';
  return parent.without === 'also' ? '; and once without a row' : '; once without a row where there is none';
}
