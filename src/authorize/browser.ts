import { spawn } from 'node:child_process';
import { platform } from 'node:os';

export type Variables = Readonly<Record<string, string | undefined>>;

type Command = readonly [program: string, ...argv: string[]];

/**
 * Opens a page in the user's browser, and leaves it open when this program ends.
 * @param onFailure hears that no browser could be started, and why.
 */
export function openBrowser(url: string, variables: Variables, onFailure: (reason: string) => void): void {
  tryNext(browserCommands(url, platform(), variables), variables, onFailure, 'there is none here');
}

function tryNext(
  [command, ...others]: readonly Command[],
  variables: Variables,
  onFailure: (reason: string) => void,
  reason: string,
): void {
  if (command === undefined) {
    onFailure(reason);
    return;
  }
  const [program, ...argv] = command;
  const child = spawn(program, argv, { stdio: 'ignore', detached: true, env: { ...variables } });
  let hasFailed = false;
  const fail = (why: string) => {
    if (hasFailed) return;
    hasFailed = true;
    tryNext(others, variables, onFailure, `${program}: ${why}`);
  };
  child.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
  // Some return at once, others when the browser is closed.
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) fail(`exit code ${code}`);
  });
  child.unref();
}

/** What may open a page, the best first. `BROWSER` is read as `xdg-open` does: programs separated by colons, `%s` for the address. */
export function browserCommands(
  url: string,
  system: NodeJS.Platform,
  variables: Variables,
): readonly Command[] {
  const chosen = (variables['BROWSER'] ?? '').split(system === 'win32' ? ';' : ':').flatMap((entry) => {
    const [program, ...argv] = entry.split(/\s+/).filter((word) => word !== '');
    if (program === undefined) return [];
    const filled = argv.map((word) => word.replaceAll('%s', url));
    return [[program, ...filled, ...(entry.includes('%s') ? [] : [url])] as const];
  });
  if (chosen.length > 0) return chosen;
  if (system === 'darwin') return [['open', url]];
  // `start` is a word of the shell, to which & in the address means something.
  if (system === 'win32') return [['rundll32', 'url.dll,FileProtocolHandler', url]];
  if (variables['WSL_DISTRO_NAME']) {
    return [
      ['wslview', url],
      ['xdg-open', url],
    ];
  }
  const hasScreen = Boolean(variables['DISPLAY'] || variables['WAYLAND_DISPLAY']);
  return hasScreen ? [['xdg-open', url]] : [];
}
