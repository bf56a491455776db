import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collect } from '../harness/run.ts';
import { pickFalsehood } from './falsehood.ts';

/* States something false of one stream in a copy of the tree, and shows whether a test notices: `npm run break -- SEED [FAMILY]`. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const suite = ['integration_tests/streams.test.ts', 'integration_tests/double-entry.test.ts', 'src/streams'];

type Verdict =
  | { readonly outcome: 'red'; readonly file: string; readonly test: string }
  | { readonly outcome: 'green' }
  /** Neither failed nor passed: what was written is no program, or the suite is not there. */
  | { readonly outcome: 'unknown'; readonly output: string };

async function runTests(folder: string, args: readonly string[]): Promise<Verdict> {
  // npm tells its children where the tree is that it was called in; the copy is another one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  const child = spawn('npm', ['test', '--', ...args, '--bail', '--ci', '--silent'], {
    cwd: folder,
    env: { ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout, stderr, exitCode } = await collect(child);
  const file = /^FAIL (\S+)/m.exec(stderr)?.[1];
  const test = /^ {2}● (.+)$/m.exec(stderr)?.[1];
  if (file !== undefined && test !== undefined) return { outcome: 'red', file, test };
  const hasPassed = exitCode === 0 && /^Tests: .*\d+ passed/m.test(stderr);
  return hasPassed ? { outcome: 'green' } : { outcome: 'unknown', output: stdout + stderr };
}

/** The test that failed, alone. */
function onlyTest({ file, test }: { readonly file: string; readonly test: string }): readonly string[] {
  const name = test.replaceAll(' › ', ' ').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return test === 'Test suite failed to run' ? [file] : [file, '-t', name];
}

/** Everything that git would take, as it is now. */
function copyTree(folder: string): void {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const file of list.toString('utf8').split('\0')) {
    if (file !== '' && existsSync(join(root, file))) cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

async function main([seed, family]: readonly string[]): Promise<number> {
  if (seed === undefined) {
    say('npm run break -- SEED [FAMILY]');
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'source-zoom-break-'));
  try {
    copyTree(folder);
    const { stream, kind, file, content, before, after } = pickFalsehood(folder, seed, family);
    const truth = readFileSync(join(folder, file));
    writeFileSync(join(folder, file), content);
    say(`${stream}, ${kind}, in ${file}`);
    say(`  before: ${before}`);
    say(`  after:  ${after}`);
    const verdict = await runTests(folder, suite);
    if (verdict.outcome === 'green') say('STAYED GREEN: no test noticed.');
    if (verdict.outcome === 'unknown') say(`The suite did not run.\n${verdict.output}`);
    if (verdict.outcome !== 'red') return verdict.outcome === 'green' ? 1 : 2;
    writeFileSync(join(folder, file), truth);
    const isSound = (await runTests(folder, onlyTest(verdict))).outcome === 'green';
    say(`${isSound ? 'RED' : 'This fails without any falsehood'}: ${verdict.file}: ${verdict.test}`);
    return isSound ? 0 : 2;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main(process.argv.slice(2));
