/** Ways in which self-distillation collapses. */
export type CollapseKind = 'uniform' | 'one-prototype' | 'low-rank';

/** What a collapse is recognised by; a row of the health table. */
export interface CollapseSigns {
  readonly step: number;
  /** Cross-entropy between views, nats. */
  readonly dino: number;
  /** Nats. */
  readonly teacherEntropy: number;
  readonly prototypesUsed: number;
  readonly featureRank: number;
}

/** A collapse, by its name. */
export interface Collapse {
  readonly kind: CollapseKind;
  /** Step at which it was recognised. */
  readonly step: number;
  /** The signs, and the likely causes. */
  readonly message: string;
}

/** Steps over which the signs are averaged. */
const WINDOW = 20;

/** Share of ln K from which loss and entropy count as near it. */
const NEAR_UNIFORM = 0.98;
/** Mean number of prototypes in use up to which the teacher counts as choosing one for all. */
const NEAR_ONE_PROTOTYPE = 1.5;
/** Mean effective rank up to which embeddings count as all the same. */
const NEAR_RANK_ONE = 1.3;

/**
 * Names a collapse from the last rows of a run.
 *
 * - uniform: loss and teacher entropy near ln K. Every view gets every prototype alike (also what an untrained network shows, so it counts only after `after`).
 * - one-prototype: the teacher chooses one prototype for all views, whatever they show.
 * - low-rank: embeddings point one way, though prototypes differ.
 *
 * @param prototypes K
 * @param after steps during which nothing is called a collapse: the warm-up
 * @returns `undefined` while the run is healthy or too young
 */
export function collapseOf(rows: readonly CollapseSigns[], prototypes: number, after: number): Collapse | undefined {
  const step = rows.at(-1)?.step ?? 0;
  if (rows.length < WINDOW || step < after + WINDOW) return undefined;
  const recent = rows.slice(-WINDOW);
  const mean = (sign: keyof CollapseSigns): number => recent.reduce((sum, row) => sum + row[sign], 0) / WINDOW;
  const most = Math.log(prototypes);
  const [loss, entropy, used, rank] = [
    mean('dino'),
    mean('teacherEntropy'),
    mean('prototypesUsed'),
    mean('featureRank'),
  ];
  const signs =
    `means of ${WINDOW} steps: loss ${loss.toFixed(3)}, teacher entropy ${entropy.toFixed(3)} (ln K = ${most.toFixed(3)}), ` +
    `${used.toFixed(1)} prototypes in use, feature rank ${rank.toFixed(2)}`;
  const named = (kind: CollapseKind, name: string, causes: string): Collapse => ({
    kind,
    step,
    message: `collapse ${name} at step ${step} (${signs}); likely causes: ${causes}`,
  });
  if (loss > NEAR_UNIFORM * most && entropy > NEAR_UNIFORM * most) {
    return named(
      'uniform',
      'to the uniform distribution',
      'the teacher temperature is too high (0.04 to 0.07), the learning rate is too low or its warm-up too long to leave the start, ' +
        'or the encoder gives every image the same embedding',
    );
  }
  if (used <= NEAR_ONE_PROTOTYPE) {
    return named(
      'one-prototype',
      'to one prototype',
      'centring lags behind (a moving mean in a short run: use Sinkhorn-Knopp, or a lower centre momentum), the teacher temperature is too low, ' +
        'or the learning rate is too high',
    );
  }
  if (rank < NEAR_RANK_ONE) {
    return named(
      'low-rank',
      'of the embeddings to one direction',
      'no KoLeo term (weight 0.1), views too much alike (crop scales), weight decay too strong, or a random start that attention cannot leave',
    );
  }
  return undefined;
}
