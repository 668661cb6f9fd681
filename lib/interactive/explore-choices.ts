/** Ways to lay embeddings out in two dimensions. */
export const MAP_METHODS = ['t-SNE', 'UMAP', 'PCA'] as const;
export type MapMethod = (typeof MAP_METHODS)[number];

/** Encoders pretrained on the phantom that come with the records, and the same without training. */
export const NAMED_ENCODERS: readonly string[] = ['echo', 'generic', 'random'].flatMap((start) => [
  `${start}-small`,
  `${start}-base`,
]);
