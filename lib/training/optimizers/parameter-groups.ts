import { ArgumentError } from '../../core/errors.js';

/** Parameters that share a learning rate and a weight decay. */
export interface ParameterGroup {
  /** Part of the names of the group's scalar inputs. */
  readonly name: string;
  readonly parameters: readonly string[];
  /** Multiplies the scheduled learning rate. */
  readonly rateScale: number;
  /** Multiplies the scheduled weight decay; 0 for biases and norms. */
  readonly decayScale: number;
  /**
   * True if some steps leave the group as it is: a last layer frozen at first, gradients still being accumulated.
   * Costs one pass over the group's gradients.
   */
  readonly gated: boolean;
}

/** What a rule says about one parameter. Parameters with equal answers form a group. */
export interface GroupRule {
  /** Default 1. */
  readonly rateScale?: number;
  /** Default 1. */
  readonly decayScale?: number;
  /** Names a group that can be switched off in some steps. */
  readonly gate?: string;
}

/** Groups, and the parameters that never change. */
export interface Grouping {
  readonly groups: readonly ParameterGroup[];
  readonly frozen: readonly string[];
}

/**
 * Sorts parameters into groups.
 *
 * @param params parameters by name; only their shapes matter
 * @param rule called for each; `'frozen'` keeps a parameter out of the optimiser
 * @throws {ArgumentError} on a negative or non-finite scale
 */
export function groupParameters(
  params: Readonly<Record<string, { readonly shape: readonly number[] }>>,
  rule: (name: string, shape: readonly number[]) => GroupRule | 'frozen',
): Grouping {
  const groups = new Map<string, ParameterGroup & { parameters: string[] }>();
  const frozen: string[] = [];
  for (const [name, { shape }] of Object.entries(params)) {
    const answer = rule(name, shape);
    if (answer === 'frozen') {
      frozen.push(name);
      continue;
    }
    const { rateScale = 1, decayScale = 1, gate } = answer;
    if (!(rateScale >= 0 && decayScale >= 0 && Number.isFinite(rateScale + decayScale))) {
      throw new ArgumentError(
        `groupParameters: scales must be finite and >= 0, got rate ${rateScale} and decay ${decayScale} for ${name}`,
      );
    }
    const key = `${gate ?? 'group'}:${rateScale}:${decayScale}`;
    const group = groups.get(key) ?? {
      name: `${gate ?? 'group'}${groups.size}`,
      parameters: [],
      rateScale,
      decayScale,
      gated: gate !== undefined,
    };
    group.parameters.push(name);
    groups.set(key, group);
  }
  return { groups: [...groups.values()], frozen };
}

/** True for biases and one-dimensional parameters, which DINO's and DINOv2's recipes do not decay. */
export function isExemptFromDecay(name: string, shape: readonly number[]): boolean {
  return name.endsWith('.bias') || shape.length <= 1;
}

/**
 * Layer-wise learning-rate decay of a vision transformer: `decay ** (depth + 1 - layer)`, embeddings are layer 0, block
 * i is layer i + 1, everything else is layer depth + 1.
 *
 * Source: `facebookresearch/dinov2` dinov2/utils/param_groups.py `get_vit_lr_decay_rate`.
 * @param name an official parameter name, with or without a prefix such as `backbone.`
 * @param depth number of blocks
 */
export function layerRateScale(name: string, depth: number, decay: number): number {
  const block = /(?:^|\.)blocks\.(?:\d+\.(?=\d+\.))?(\d+)\./.exec(name)?.[1];
  const isEmbedding = /(?:^|\.)(pos_embed|patch_embed|mask_token|cls_token|register_tokens)/.test(name);
  const layer = isEmbedding ? 0 : block === undefined ? depth + 1 : Number(block) + 1;
  return decay ** (depth + 1 - layer);
}
