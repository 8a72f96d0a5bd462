import { CONFIG_EXIT_STATUS } from '@clearway/platform-config';
import { runService } from '@clearway/platform-service';
import { loadAuditSettings } from './config';
import { LogKeyError, loadLogKey } from './effects/log-key';
import { wireAudit } from './wiring';

const settings = loadAuditSettings();

loadLogKey({
  path: settings.CLEARWAY_AUDIT_KEY,
  pathBefore: settings.CLEARWAY_AUDIT_KEY_BEFORE,
  origin: settings.CLEARWAY_AUDIT_ORIGIN,
  isDevelopment: settings.CLEARWAY_DEVELOPMENT,
}).then(
  async (logKey) => runService(wireAudit(settings, logKey)),
  (error: unknown) => {
    if (!(error instanceof LogKeyError)) throw error;
    process.stderr.write(`CLEARWAY_AUDIT_KEY: ${error.message}\n`);
    process.exit(CONFIG_EXIT_STATUS);
  },
);
