import type { StreamDeclaration } from '../declaration.ts';
import { billing } from './billing.ts';
import { logs } from './logs.ts';
import { meetings } from './meetings.ts';
import { usage } from './usage.ts';
import { webinars } from './webinars.ts';

export const reports: readonly StreamDeclaration[] = [
  ...meetings,
  ...webinars,
  ...usage,
  ...logs,
  ...billing,
];
