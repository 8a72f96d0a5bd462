import { audit } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer, sections } from '../output/answer';
import { wireJson } from '../output/wire-json';

/** `clearway audit checkpoint` */
export const auditCheckpointCommand: Command = {
  path: ['audit', 'checkpoint'],
  summary: "Print the audit log's newest signed checkpoint and the key that verifies it",
  details: 'Keep it elsewhere: a log that was rewritten later does not fit it.',
  async run(call) {
    const found = await call.stack.audit.call('getCheckpoint', {});
    return answer(
      () => wireJson(audit.AuditServiceService.getCheckpoint, found),
      ({ dim }) => sections(found.checkpoint.trimEnd(), `${dim('verifier key')} ${found.verifierKey}`),
    );
  },
};
