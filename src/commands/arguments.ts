import { parseArgs } from 'node:util';
import { ConfigError } from '../errors.ts';

/** What the user typed, checked against what each command takes. */
export type Arguments =
  | { readonly command: 'help' }
  | { readonly command: 'spec'; readonly isDebug: boolean }
  | {
      readonly command: 'check' | 'discover' | 'authorize';
      readonly config: string;
      readonly isDebug: boolean;
    }
  | { readonly command: 'streams'; readonly family: string | undefined; readonly isJson: boolean }
  | {
      readonly command: 'read';
      readonly config: string;
      /** Streams are names and patterns, as typed. */
      readonly selection: { readonly catalog: string } | { readonly streams: readonly string[] };
      readonly isFullRefresh: boolean;
      readonly state: string | undefined;
      /** The file for a page about the sync. */
      readonly report: string | undefined;
      readonly isDebug: boolean;
    };

export const help = `source-zoom reads Zoom into any Airbyte-compatible platform.

  source-zoom spec                               what the config looks like
  source-zoom check     --config FILE            does it work, and which streams can be read
  source-zoom discover  --config FILE            the catalog: every stream and its schema
  source-zoom read      --config FILE --catalog FILE [--state FILE]
  source-zoom read      --config FILE --streams users,'phone_*' [--full-refresh] [--state FILE]
  source-zoom authorize --config FILE            obtain the OAuth tokens in a browser and save them
  source-zoom streams   [FAMILY] [--json]        what can be read, and the scope of each

  read --report FILE.html writes a page about the sync, to be looked at in a browser.
  --debug (or LOG_LEVEL=debug) logs every request.
  Messages go to stdout in the Airbyte protocol, one JSON object a line.
`;

const flags: Readonly<Record<string, readonly string[]>> = {
  spec: ['debug'],
  check: ['config', 'debug'],
  discover: ['config', 'debug'],
  read: ['config', 'catalog', 'streams', 'full-refresh', 'state', 'report', 'debug'],
  authorize: ['config', 'debug'],
  streams: ['json', 'debug'],
};

const options = {
  config: { type: 'string' },
  catalog: { type: 'string' },
  state: { type: 'string' },
  streams: { type: 'string' },
  report: { type: 'string' },
  'full-refresh': { type: 'boolean' },
  json: { type: 'boolean' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parse>['values'];

/** @throws ConfigError naming the command or flag that is wrong. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  if (values.help === true || positionals[0] === 'help') return { command: 'help' };
  const [command, ...rest] = positionals;
  const commands = Object.keys(flags).join(', ');
  if (command === undefined)
    throw new ConfigError(`No command given. The commands are ${commands}; --help explains them.`);
  const allowed = flags[command];
  if (allowed === undefined)
    throw new ConfigError(`Unknown command "${command}". The commands are ${commands}.`);
  const family = command === 'streams' ? rest.shift() : undefined;
  if (rest.length > 0)
    throw new ConfigError(`${command} takes no argument "${rest[0]}". Use --help to see its flags.`);
  for (const flag of Object.keys(values)) {
    if (!allowed.includes(flag))
      throw new ConfigError(`${command} does not take --${flag}. ${nameFlags(allowed)}`);
  }
  const isDebug = values.debug === true;
  switch (command) {
    case 'spec':
      return { command, isDebug };
    case 'streams':
      return { command, family, isJson: values.json === true };
    case 'read':
      return parseRead(values, isDebug);
    default:
      return {
        command: command as 'check' | 'discover' | 'authorize',
        config: required(values.config, command, 'config'),
        isDebug,
      };
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new ConfigError(`${reason}. Use --help to see the commands and their flags.`, { cause: error });
  }
}

function parseRead(values: Values, isDebug: boolean): Arguments {
  const config = required(values.config, 'read', 'config');
  const isFullRefresh = values['full-refresh'] === true;
  if ((values.catalog === undefined) === (values.streams === undefined)) {
    throw new ConfigError(
      'read takes either --catalog FILE or --streams users,meetings, and not both. Give one of them.',
    );
  }
  if (isFullRefresh && values.state !== undefined) {
    throw new ConfigError(
      '--full-refresh reads everything from the start and takes no --state. Leave one of them out.',
    );
  }
  if (isFullRefresh && values.catalog !== undefined) {
    throw new ConfigError(
      '--full-refresh goes with --streams; a catalog says the sync mode of each stream itself.',
    );
  }
  const { state, report } = values;
  if (report === '') throw new ConfigError('--report needs the name of a file, such as --report sync.html.');
  const shared = { command: 'read' as const, config, isFullRefresh, state, report, isDebug };
  if (values.catalog !== undefined) return { ...shared, selection: { catalog: values.catalog } };
  const named = (values.streams ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (named.length === 0)
    throw new ConfigError('--streams names no stream. Name at least one, such as --streams users.');
  return { ...shared, selection: { streams: named } };
}

function required(value: string | undefined, command: string, flag: string): string {
  if (value === undefined || value === '') throw new ConfigError(`${command} needs --${flag} FILE.`);
  return value;
}

function nameFlags(allowed: readonly string[]): string {
  return `Its flags are ${allowed.map((flag) => `--${flag}`).join(', ')}.`;
}
