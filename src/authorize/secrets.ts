import { createHash, randomBytes } from 'node:crypto';

/** What ties the answer of the consent page to the run that asked for it. */
export interface ConsentSecrets {
  /** Comes back with the answer. */
  readonly state: string;
  /** Of PKCE (RFC 7636): who brings the code has to know it. */
  readonly verifier: string;
  /** Its S256, which may be seen. */
  readonly challenge: string;
}

export function createConsentSecrets(): ConsentSecrets {
  const verifier = randomBytes(32).toString('base64url');
  return {
    state: randomBytes(24).toString('base64url'),
    verifier,
    challenge: createHash('sha256').update(verifier).digest('base64url'),
  };
}
