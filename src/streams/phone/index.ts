import type { StreamDeclaration } from '../declaration.ts';
import { account } from './account.ts';
import { calls } from './calls.ts';
import { charges } from './charges.ts';
import { devices } from './devices.ts';
import { directory } from './directory.ts';
import { extensions } from './extensions.ts';
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
  ...recordings,
  ...voicemails,
  ...sms,
  ...faxes,
  ...charges,
  ...reports,
  ...extensions,
  ...directory,
  ...sites,
  ...devices,
  ...account,
];
