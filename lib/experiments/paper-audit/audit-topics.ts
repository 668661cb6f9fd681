/** A question to the paper's numbers with the claims that answer it. */
export interface AuditTopic {
  readonly title: string;
  /** Ids of claims; a text that ends in `*` takes every id that begins so. */
  readonly claims: readonly string[];
}

/** What notebook 06 shows in detail, in the order of the paper. */
export const AUDIT_TOPICS: readonly AuditTopic[] = [
  { title: 'Pretraining data', claims: ['videos-370k', 'images-20-million-*', 'echo20m-subset', 'patients-26k'] },
  {
    title: 'View classification',
    claims: ['bacc-abstract', 'bacc-discussion', 'bacc-s', 'increment-*', 'one-model', 'text-14-of-18', 'valid-*'],
  },
  {
    title: 'Segmentation',
    claims: [
      'dice-abstract*',
      'dice-discussion-medsam',
      'improvement-*',
      'zero-shot-ours',
      'zero-shot-specialist',
      'biplane-volumes',
    ],
  },
  { title: 'Annotations', claims: ['annotated-74k', 'frames-74k', 'videos-over-26k'] },
  {
    title: 'Ventricular measurements',
    claims: [
      'lvh-mae-ours',
      'lvh-landmark-baseline-ivs',
      'unity-mae-ivs',
      'lvh-adapters-r2-r2',
      'adapters-lvid',
      'superior-internal',
      'average-mae',
      'mae-gain',
      'mae-gain-unity',
    ],
  },
  { title: 'Adapters', claims: ['degradation', 'adapter-share'] },
];

/** True if a claim belongs to a topic. */
export function belongsTo(topic: AuditTopic, id: string): boolean {
  return topic.claims.some((name) => (name.endsWith('*') ? id.startsWith(name.slice(0, -1)) : id === name));
}
