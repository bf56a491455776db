/* What is wrong, in words: lists that are empty where both sides say the same. */

export function same(what: string, declared: unknown, documented: unknown): readonly string[] {
  const [own, other] = [JSON.stringify(declared), JSON.stringify(documented)];
  return own === other ? [] : [`${what}: ${own} is declared, ${other} documented`];
}

/** The items as text, so that their order does not matter. */
export function inOrder(list: readonly unknown[]): readonly string[] {
  return list.map((item) => JSON.stringify(sortKeys(item))).sort();
}

export function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A derived stream's window is counted from the time of its parent. */
export function isAnchored(endpoint: { readonly kind?: string; readonly window?: unknown }): boolean {
  return endpoint.kind === 'derived' && endpoint.window !== undefined;
}
