import type { Migration } from '@clearway/platform-postgres';
import { auditEntries } from './0001-audit-entries';
import { proofsAndSubjects } from './0002-proofs-and-subjects';
import { blocks } from './0003-blocks';

/** Audit's own tables, oldest first. Append; never change one that was released. The platform's tables are migrated beside them. */
export const auditMigrations: readonly Migration[] = [auditEntries, proofsAndSubjects, blocks];
