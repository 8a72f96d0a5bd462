import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What the command line asks for. All paths are absolute. */
export interface DevstackArguments {
  readonly help: boolean;
  /** Whether the market simulator trades. */
  readonly simulate: boolean;
  /** Where lock, certificates, secrets and stack.json lie; `.clearway` of the checkout unless told otherwise. */
  readonly stateDir: string;
  /** Where the database's files lie; `postgres` in the state folder unless told otherwise. */
  readonly dataDir: string;
  /** Backup folder that takes the write-ahead log; undefined archives nothing. */
  readonly archiveTo: string | undefined;
  /** Port of the first service, the others follow; 0 takes any four free ones. */
  readonly portsFrom: number;
  readonly colour: boolean;
  readonly logLevel: string;
}

/** The arguments, or one sentence about what is wrong with them. */
export type ParsedArguments =
  | { readonly ok: true; readonly value: DevstackArguments }
  | { readonly ok: false; readonly problem: string };

/** Port of the first service when nothing else is asked for. */
export const PORTS_FROM_DEFAULT = 7001;

const PORTS_FROM_MAX = 65_500;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'];

/** The help text of the command. */
export const USAGE = `Usage: npm start -- [options]

Starts Clearway on this machine: Postgres, certificates, all services, sample data and a gentle market.

  --no-sim           start without the market simulator
  --ports-from N     trading listens on N, risk on N+1, clearing on N+2, audit on N+3 (default ${PORTS_FROM_DEFAULT});
                     0 takes free ports
  --state-dir DIR    keep certificates, secrets and stack.json in DIR (default: .clearway in the checkout)
  --data-dir DIR     keep the database in DIR (default: postgres in the state folder)
  --archive-to DIR   archive the write-ahead log in the backup folder DIR; see npm run backup
  --log-level LEVEL  ${LOG_LEVELS.join(', ')} (default info)
  --no-color         plain text
  --help             this text
`;

/**
 * Reads the command line.
 * @param args what follows the script's name
 * @param places the folder that relative paths start from, and the checkout
 */
export function parseArguments(
  args: readonly string[],
  places: { readonly cwd: string; readonly checkoutDir: string },
): ParsedArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: OPTIONS,
      strict: true,
      allowPositionals: false,
    });
    const portsFrom = Number(values['ports-from'] ?? PORTS_FROM_DEFAULT);
    if (!Number.isInteger(portsFrom) || portsFrom < 0 || portsFrom > PORTS_FROM_MAX)
      return wrong(`--ports-from takes a whole number from 0 to ${PORTS_FROM_MAX}.`);
    const logLevel = values['log-level'] ?? 'info';
    if (!LOG_LEVELS.includes(logLevel)) return wrong(`--log-level takes one of ${LOG_LEVELS.join(', ')}.`);
    const stateDir = resolve(places.cwd, values['state-dir'] ?? join(places.checkoutDir, '.clearway'));
    return {
      ok: true,
      value: {
        help: values.help ?? false,
        simulate: !(values['no-sim'] ?? false),
        stateDir,
        dataDir: resolve(places.cwd, values['data-dir'] ?? join(stateDir, 'postgres')),
        archiveTo: values['archive-to'] === undefined ? undefined : resolve(places.cwd, values['archive-to']),
        portsFrom,
        colour: !(values['no-color'] ?? false),
        logLevel,
      },
    };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  'no-sim': { type: 'boolean' },
  'no-color': { type: 'boolean' },
  'state-dir': { type: 'string' },
  'data-dir': { type: 'string' },
  'archive-to': { type: 'string' },
  'ports-from': { type: 'string' },
  'log-level': { type: 'string' },
} as const;

function wrong(problem: string): ParsedArguments {
  return { ok: false, problem };
}
