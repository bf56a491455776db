/** What the consent page sent the browser back with. */
export type Answer =
  | { readonly kind: 'code'; readonly code: string }
  /** Zoom's word for the reason (RFC 6749, section 4.1.2.1), and what it adds to it. */
  | { readonly kind: 'refused'; readonly error: string; readonly words: string | undefined }
  /** It belongs to another run, or to nobody. */
  | { readonly kind: 'foreign' }
  /** It is no answer at all. */
  | { readonly kind: 'none' };

/** Reads the query of the address that the browser was sent to. */
export function readAnswer(query: URLSearchParams, state: string): Answer {
  const [code, error, given] = ['code', 'error', 'state'].map((name) => query.get(name) ?? '');
  if (!code && !error) return { kind: 'none' };
  // A refusal opens nothing, so that one without a state may be believed.
  if (given !== state && (code || given)) return { kind: 'foreign' };
  if (!code)
    return { kind: 'refused', error: error ?? '', words: query.get('error_description') ?? undefined };
  return { kind: 'code', code };
}
