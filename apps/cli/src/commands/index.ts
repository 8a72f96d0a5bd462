import type { Command } from '../line/command';
import { auditCheckpointCommand } from './audit-checkpoint.command';
import { auditSearchCommand } from './audit-search.command';
import { balancesCommand } from './balances.command';
import { blacklistAddCommand } from './blacklist-add.command';
import { blacklistRemoveCommand } from './blacklist-remove.command';
import { bookCommand } from './book.command';
import { cancelCommand } from './cancel.command';
import { completionCommand } from './completion.command';
import { depositCommand } from './deposit.command';
import { freezeCommand } from './freeze.command';
import { haltCommand } from './halt.command';
import { helpCommandOf } from './help.command';
import { instrumentsCommand } from './instruments.command';
import { instrumentsAddCommand } from './instruments-add.command';
import { killConfirmCommand } from './kill-confirm.command';
import { killEngageCommand } from './kill-engage.command';
import { killListCommand } from './kill-list.command';
import { killReleaseCommand } from './kill-release.command';
import { limitsCommand } from './limits.command';
import { limitsSetCommand } from './limits-set.command';
import { massCancelCommand } from './mass-cancel.command';
import { orderCommand } from './order.command';
import { ordersCommand } from './orders.command';
import { placeCommand } from './place.command';
import { reconcileCommand } from './reconcile.command';
import { replaceCommand } from './replace.command';
import { resumeCommand } from './resume.command';
import { riskCommand } from './risk.command';
import { sagaCommand } from './saga.command';
import { sagaCompensateCommand } from './saga-compensate.command';
import { sagaRetryCommand } from './saga-retry.command';
import { sagasCommand } from './sagas.command';
import { scheduleCommand } from './schedule.command';
import { statementCommand } from './statement.command';
import { statusCommand } from './status.command';
import { tradesCommand } from './trades.command';
import { unfreezeCommand } from './unfreeze.command';
import { watchCommand } from './watch.command';
import { withdrawCommand } from './withdraw.command';

const WORKING_COMMANDS: readonly Command[] = [
  statusCommand,
  reconcileCommand,
  instrumentsCommand,
  scheduleCommand,
  bookCommand,
  tradesCommand,
  ordersCommand,
  orderCommand,
  placeCommand,
  cancelCommand,
  replaceCommand,
  massCancelCommand,
  watchCommand,
  sagasCommand,
  sagaCommand,
  sagaRetryCommand,
  sagaCompensateCommand,
  balancesCommand,
  statementCommand,
  riskCommand,
  depositCommand,
  withdrawCommand,
  freezeCommand,
  unfreezeCommand,
  instrumentsAddCommand,
  haltCommand,
  resumeCommand,
  killListCommand,
  killEngageCommand,
  killReleaseCommand,
  killConfirmCommand,
  limitsCommand,
  limitsSetCommand,
  blacklistAddCommand,
  blacklistRemoveCommand,
  auditSearchCommand,
  auditCheckpointCommand,
  completionCommand,
];

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [...WORKING_COMMANDS, helpCommandOf(WORKING_COMMANDS)];
