// biome-ignore-all assist/source/organizeImports: grouped by what a notebook does, not by file

/**
 * The public surface of `echolab`, grouped by what a notebook does with it. Rooms that a notebook does not need are imported from their
 * own files inside the library.
 */

// Running an experiment and reading its record
export type { Experiment, ExperimentConfig } from './experiments/experiment.js';
export { EXPERIMENTS } from './experiments/experiments.js';
export { figuresOf } from './experiments/figures-of.js';
export { type RunOptions, recordFolder, runExperiment } from './experiments/run-experiment.js';
export { type Settings, settings } from './experiments/settings.js';
export { verifyRecord } from './experiments/verify-record.js';
export { readRecord } from './records/read-record.js';
export type { DataKind, LoadedRecord, Metrics, RunInfo, Scale } from './records/record.js';

// Showing things in a notebook
export type { Figure } from './figures/figure.js';
export { progressInNotebook, showFigure, showMarkdown, showTable } from './notebooks/display.js';
export { showConfig, showStages } from './notebooks/show-record.js';

// Notebook 00: the phantom heart
export { camusSentence, camusShapeTable, camusTable } from './experiments/phantom-heart/camus-report.js';
export type { PhantomHeartConfig } from './experiments/phantom-heart/phantom-config.js';
export { phantomHeart } from './experiments/phantom-heart/phantom-heart.js';
export {
  besidePublished,
  greySentence,
  phantomCheckSentence,
  phantomCheckTable,
  phantomVendorTable,
} from './experiments/phantom-heart/phantom-report.js';

// Notebook 01: pretraining and the scaling study
export type { ScalingStudyConfig } from './experiments/scaling-study/scaling-config.js';
export {
  besideThePaper,
  paperTrialSentence,
  primaryTestSentence,
  realClipSentence,
  takeaway,
} from './experiments/scaling-study/scaling-report.js';
export { scalingStudy } from './experiments/scaling-study/scaling-study.js';

// Notebook 02: view classification
export type { ViewClassificationConfig } from './experiments/view-classification/view-config.js';
export {
  viewAgainstPaper,
  viewByView,
  viewComparisonRows,
  viewDisagreement,
  viewEfficiencyRows,
  viewModelRows,
  viewPrimarySentence,
  viewRealSentence,
  viewTakeaway,
  viewUnseenRows,
} from './experiments/view-classification/view-report.js';
export { viewClassification } from './experiments/view-classification/view-classification.js';

// Notebook 03: interactive segmentation
export { type LoadedSegmenter, loadSegmenter, textEmbedding } from './experiments/segmentation/load-segmenter.js';
export { segmentation } from './experiments/segmentation/segmentation.js';
export type { SegmentationConfig } from './experiments/segmentation/segmentation-config.js';
export {
  realCamusSentence,
  segmentationTakeaway,
  segmentationTestSentence,
} from './experiments/segmentation/segmentation-report.js';
export { fewShotSentence } from './experiments/segmentation/segmentation-report-few-shot.js';
export {
  fewShotTable,
  generalisationTable,
  promptTable,
  publishedFewShotTable,
  realCamusTable,
  segmentationAverages,
  segmentationCounts,
  segmentationMeasures,
  segmentationTable9,
} from './experiments/segmentation/segmentation-tables.js';

// Notebook 04: left-ventricular hypertrophy
export type { HypertrophyConfig } from './experiments/lv-hypertrophy/hypertrophy-config.js';
export {
  biasAndNoise,
  ceilingTable,
  drawnFigures,
  hypertrophyComparisons,
  hypertrophyPrimarySentence,
  hypertrophyTakeaway,
  measurementErrorTable,
  severityTable,
} from './experiments/lv-hypertrophy/hypertrophy-report.js';
export { lvHypertrophy } from './experiments/lv-hypertrophy/lv-hypertrophy.js';

// Notebook 05: ejection fraction
export type { EfConfig } from './experiments/ejection-fraction/ef-config.js';
export {
  efBesideThePaper,
  efIntervalSentence,
  efPrimaryTestSentence,
  efReaderTable,
  efRealClipSentence,
  efSeedTable,
  efStageOneTable,
  efTakeaway,
  efThresholdTable,
} from './experiments/ejection-fraction/ef-report.js';
export { ejectionFraction } from './experiments/ejection-fraction/ejection-fraction.js';

// Notebook 06: the paper's numbers and its significance test
export type { PaperAuditConfig } from './experiments/paper-audit/audit-config.js';
export {
  auditTakeaway,
  auditTopics,
  averageDiceRows,
  claimsLedgerFolded,
  pairRatesTable,
  powerTables,
  primaryCheckSentence,
  reachTable,
  tablesAveragedRows,
  unitRatesTable,
  verdictTable,
} from './experiments/paper-audit/audit-report.js';
export { paperAudit } from './experiments/paper-audit/paper-audit.js';

// Seeded randomness and errors
export * from './core/errors.js';
export { type RandomStream, stream } from './core/random.js';

// Sweeps: grids of cells in processes here or as Slurm array jobs
export { localExecutor } from './sweeps/local-executor.js';
export { runSweep, type SweepOptions, type SweepOutcome } from './sweeps/run-sweep.js';
export { readSlurmConfig } from './sweeps/slurm-config.js';
export { slurmExecutor } from './sweeps/slurm-executor.js';
