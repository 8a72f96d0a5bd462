import { COMMANDS } from './commands';
import { completeWords, knownNames } from './completion/complete-words';
import { chooseColours, runningStackFile, stackFileOf } from './config';
import { EXIT, type ExitStatus } from './exit-status';
import type { Command } from './line/command';
import { CommandCall } from './line/command-call';
import { commandHelp, generalHelp } from './line/help-text';
import type { OptionValues } from './line/option-values';
import { type CommandLine, parseCommandLine } from './line/parse-command-line';
import { UsageError } from './line/usage-error';
import type { Answer } from './output/answer';
import { failureOf, failureText } from './output/error-text';
import type { Terminal } from './output/terminal';
import { Stack } from './stack/stack';
import { readStackFile, tlsOf } from './stack/stack-description';

/** What a run is given by the process that it runs in. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether somebody looks at standard output, and at standard error. */
  readonly isTerminal: boolean;
  readonly interrupted: AbortSignal;
}

const TIMEOUT_SECONDS_DEFAULT = 10;
const TIMEOUT_SECONDS_MAX = 3_600;
/** Asks for candidates of a half-typed line; only completion scripts say it. */
const COMPLETE = '__complete';

/** Runs one command line to its end. Never throws: whatever goes wrong is told and becomes the exit status. */
export async function run(args: readonly string[], streams: Streams): Promise<ExitStatus> {
  const commands = COMMANDS;
  if (args[0] === COMPLETE) return complete(args.slice(1), commands, streams);
  const terminal = terminalOf(streams, { json: args.includes('--json'), plain: args.includes('--no-color') });
  try {
    const line = parseCommandLine(args, commands);
    if (line.command === undefined || line.options.help) return help(line.command, commands, terminal);
    return await execute(line.command, line, terminal, streams.interrupted);
  } catch (error) {
    return tell(error, terminal, streams);
  }
}

async function execute(
  command: Command,
  { words, options }: CommandLine,
  terminal: Terminal,
  interrupted: AbortSignal,
): Promise<ExitStatus> {
  let open: Stack | undefined;
  const stack = (): Stack => {
    open ??= connect(options, interrupted);
    return open;
  };
  try {
    const call = new CommandCall(command.positionals ?? [], words, options, { terminal, interrupted, stack });
    return print(await command.run(call), terminal);
  } finally {
    open?.close();
  }
}

function connect(
  { stack = '', as = '', cert = '', key = '', timeout = '' }: OptionValues,
  signal: AbortSignal,
): Stack {
  const description = readStackFile(stackFileOf(String(stack)));
  const timeoutSeconds = timeout === '' ? TIMEOUT_SECONDS_DEFAULT : Number(timeout);
  if (!(timeoutSeconds > 0 && timeoutSeconds <= TIMEOUT_SECONDS_MAX))
    throw new UsageError(`--timeout takes seconds, up to ${TIMEOUT_SECONDS_MAX}, not “${timeout}”.`);
  const tls = tlsOf(description, { as: String(as), cert: String(cert), key: String(key) });
  return new Stack({ description, tls, timeoutMs: timeoutSeconds * 1_000, signal });
}

function print({ document, text, status }: Answer, terminal: Terminal): ExitStatus {
  const shown = terminal.json ? JSON.stringify(document(), null, 2) : text(terminal.colours);
  if (shown !== undefined && shown !== '') terminal.out(`${shown}\n`);
  return status;
}

/** With `--json` the failure is the one document on standard output; else it is text on standard error. */
function tell(error: unknown, terminal: Terminal, streams: Streams): ExitStatus {
  const failure = failureOf(error);
  if (terminal.json) streams.out(`${JSON.stringify({ error: failure.document }, null, 2)}\n`);
  else streams.err(`${failureText(failure, terminal.colours)}\n`);
  return failure.exitStatus;
}

function help(command: Command | undefined, commands: readonly Command[], terminal: Terminal): ExitStatus {
  const { colours } = terminal;
  terminal.out(`${command ? commandHelp(command, colours) : generalHelp(commands, colours)}\n`);
  return EXIT.OK;
}

/** Completion must never disturb the line being typed: when anything is wrong there are no candidates. */
function complete(args: readonly string[], commands: readonly Command[], streams: Streams): ExitStatus {
  const words = args[0] === '--' ? args.slice(1) : args;
  const candidates = completeWords(commands, words, () => {
    const at = words.indexOf('--stack');
    return knownNames(runningStackFile(at < 0 ? '' : (words[at + 1] ?? '')));
  });
  for (const { word, summary } of candidates) streams.out(`${word}\t${summary}\n`);
  return EXIT.OK;
}

function terminalOf(streams: Streams, { json, plain }: { json: boolean; plain: boolean }): Terminal {
  const colours = chooseColours(!plain && !json, streams.isTerminal);
  return { json, colours, out: streams.out, err: streams.err };
}
