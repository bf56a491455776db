import type { StreamDeclaration } from '../declaration.ts';
import { calls } from './calls.ts';
import { charges } from './charges.ts';
import { devices } from './devices.ts';
import { faxes } from './faxes.ts';
import { recordings } from './recordings.ts';
import { reports } from './reports.ts';
import { sites } from './sites.ts';
import { sms } from './sms.ts';
import { users } from './users.ts';
import { voicemails } from './voicemails.ts';

export const phone: readonly StreamDeclaration[] = [
  ...users,
  ...calls,
  ...voicemails,
  ...sms,
  ...sites,
  ...devices,
  ...recordings,
  ...faxes,
  ...charges,
  ...reports,
];
