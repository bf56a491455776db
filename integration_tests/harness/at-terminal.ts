import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connector } from './run.ts';
import { ScreenModel } from './screen-model.ts';

/** Runs a command with a new terminal in front of it: what it is sent comes out, what comes in is typed. */
const driver = `
import fcntl, os, pty, select, struct, sys, termios
rows, columns, stdout, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    size = struct.pack('HHHH', int(rows), int(columns), 0, 0)
    fcntl.ioctl(2, termios.TIOCSWINSZ, size)
    if stdout != '':
        os.dup2(os.open(stdout, os.O_WRONLY | os.O_CREAT), 1)
    os.execv(command[0], command)
sources = [terminal, 0]
while terminal in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:
            data = b''
        if data == b'':
            sources.remove(source)
        else:
            os.write(1 if source == terminal else terminal, data)
status = os.waitpid(child, 0)[1]
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;

/** Why there is no terminal to be had on this machine, if so. */
export function whyNoTerminal(): string | undefined {
  const { status } = spawnSync('python3', ['-c', 'import pty; pty.openpty()']);
  return status === 0 ? undefined : 'python3 with its pty module is not here, or gives no terminal';
}

export interface TerminalOptions {
  readonly config: unknown;
  /** stdout goes to a file instead. */
  readonly isRedirected?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  /** Called with all that the terminal was sent so far; what it returns is typed. */
  readonly onOutput?: (screen: ScreenModel, sent: string) => string | undefined;
}

export interface TerminalResult {
  /** Everything that the terminal was sent. */
  readonly sent: string;
  readonly screen: ScreenModel;
  /** What was redirected. */
  readonly stdout: string;
  /** 128 and the number of the signal where it was killed by one. */
  readonly exitCode: number | null;
}

/** Runs the connector in front of a terminal. */
export async function runAtTerminal(
  args: readonly string[],
  { config, isRedirected = false, env = {}, columns = 80, rows = 40, onOutput }: TerminalOptions,
): Promise<TerminalResult> {
  const folder = await mkdtemp(join(tmpdir(), 'source-zoom-'));
  try {
    const file = join(folder, 'config.json');
    const stdout = join(folder, 'stdout');
    await Promise.all([writeFile(file, JSON.stringify(config)), writeFile(stdout, '')]);
    const command = [process.execPath, connector, ...args, '--config', file];
    const child = spawn(
      'python3',
      ['-c', driver, String(rows), String(columns), isRedirected ? stdout : '', ...command],
      { cwd: folder, env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', ...env } },
    );
    const screen = new ScreenModel(columns, rows);
    let sent = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      sent += text;
      screen.write(text);
      const typed = onOutput?.(screen, sent);
      if (typed !== undefined) child.stdin.write(typed);
    });
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
    if (complaints !== '') throw new Error(complaints);
    return { sent, screen, stdout: await readFile(stdout, 'utf8'), exitCode };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
