import type { Experiment } from '../experiment.js';
import { AUDIT_CONFIGS, type PaperAuditConfig } from './audit-config.js';
import { auditFigures } from './audit-figures.js';
import { auditMetrics } from './audit-metrics.js';
import { runPaperAudit } from './run-paper-audit.js';

/** Paper, all tables and A.6: do its numbers follow from its tables, and does its significance test find what is there? */
export const paperAudit: Experiment<PaperAuditConfig> = Object.freeze({
  id: 'e06-paper-audit',
  title: "The paper's numbers and its significance test, audited",
  notebook: '06-paper-audit',
  configs: AUDIT_CONFIGS,
  origin: 'none',
  run: runPaperAudit,
  metrics: auditMetrics,
  figures: auditFigures,
});
