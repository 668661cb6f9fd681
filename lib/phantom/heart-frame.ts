import { AorticRoot } from './aortic-root.js';
import { AtriumState } from './atrium-state.js';
import { type CyclePoint, cycleAt } from './cardiac-cycle.js';
import type { Heart } from './heart.js';
import { LeftVentricleState } from './left-ventricle-state.js';
import { PulmonaryOutflow } from './pulmonary-outflow.js';
import { RightVentricle } from './right-ventricle.js';
import { sampleSurroundings, sampleVessels } from './surroundings.js';
import { Chamber, Sample } from './tissue.js';

/**
 * The heart at one instant: says of any point in space what tissue is there and where that tissue was at end-diastole.
 *
 * {@link HeartFrame.sample} is the hot loop of the whole phantom: no allocation, no trigonometry.
 */
export class HeartFrame {
  readonly heart: Heart;
  readonly point: CyclePoint;
  /** z of the left ventricle's base plane. */
  readonly base: number;
  readonly #stretch: number;
  readonly #leftVentricle: LeftVentricleState;
  readonly #leftAtrium: AtriumState;
  readonly #rightAtrium: AtriumState;
  readonly #rightVentricle: RightVentricle;
  readonly #aorta: AorticRoot;
  readonly #outflow: PulmonaryOutflow;

  /** @param time fraction of the cycle; 0 is end-diastole */
  constructor(heart: Heart, time: number) {
    this.heart = heart;
    this.point = cycleAt(heart.cycle, time);
    const { contraction, inflow, outflow, atrialKick } = this.point;
    this.base = heart.leftVentricle.baseAt(contraction);
    this.#stretch = heart.leftVentricle.stretch(contraction);
    this.#leftVentricle = new LeftVentricleState(heart, contraction, inflow);
    const shrink = 1 - 0.08 * atrialKick - 0.02 * (1 - contraction);
    const septum = heart.interatrialSeptum;
    this.#leftAtrium = new AtriumState(heart.leftAtrium, Chamber.leftAtrium, septum, this.base, shrink);
    this.#rightAtrium = new AtriumState(heart.rightAtrium, Chamber.rightAtrium, 0.8 * septum, this.base, shrink);
    this.#rightVentricle = new RightVentricle(heart, this.base, this.#stretch, contraction, inflow);
    this.#aorta = new AorticRoot(heart, this.base, outflow);
    this.#outflow = new PulmonaryOutflow(heart, this.#rightVentricle, this.base, contraction, outflow);
  }

  /**
   * @param px,py,pz point in the heart's frame, mm
   * @param out `[SAMPLE_LENGTH]`, filled; indices in {@link Sample}
   */
  sample(px: number, py: number, pz: number, out: Float64Array): void {
    const { heart } = this;
    const { warp } = heart;
    const x = px + warp.at(0, py) + warp.at(1, pz);
    const y = py + warp.at(2, x) + warp.at(3, pz);
    const z = pz + warp.at(4, x) + warp.at(5, y);
    out[Sample.level] = 0;
    out[Sample.normalX] = 0;
    out[Sample.normalY] = 0;
    out[Sample.normalZ] = 0;
    out[Sample.chamber] = Chamber.none;
    out[Sample.depth] = 0;
    out[Sample.x] = x;
    out[Sample.y] = y;
    out[Sample.z] = z;
    const { apex } = heart.leftVentricle;
    // z of the tissue at end-diastole
    const material = apex - (apex - z) / this.#stretch;
    let beyondEpicardium = 1e3;
    if (material >= 0 && material < apex) {
      beyondEpicardium = this.#leftVentricle.sample(x, y, z, material, out);
      if (beyondEpicardium < 0) return;
    } else if (material < 0 && material > -70 * heart.patient.scale) {
      if (this.#aorta.sample(x, y, z, out)) return;
    }
    if (this.#outflow.sample(x, y, z, out)) return;
    if (material < heart.rightAtrium.planeOffset + 2) {
      if (this.#leftAtrium.sample(x, y, z, out)) return;
      if (this.#rightAtrium.sample(x, y, z, out)) return;
    }
    if (this.#rightVentricle.sample(x, y, z, material, out)) return;
    if (sampleVessels(heart, this.point.inflow, x, y, z, out)) return;
    sampleSurroundings(heart, this.base, x, y, z, material, beyondEpicardium, out);
  }
}
