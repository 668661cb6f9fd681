import { AorticRoot } from './aortic-root.js';
import { AtriumState } from './atrium-state.js';
import { type CyclePoint, cycleAt } from './cardiac-cycle.js';
import type { Heart } from './heart.js';
import { cavityShareOfWall, type LabelConvention } from './label-convention.js';
import { LeftVentricleState } from './left-ventricle-state.js';
import { PulmonaryOutflow } from './pulmonary-outflow.js';
import { RightVentricle } from './right-ventricle.js';
import { Surroundings } from './surroundings.js';
import { Chamber, Sample } from './tissue.js';
import { Vessels } from './vessels.js';

/**
 * The heart at one instant: says of any point in space what tissue is there and where that tissue was at end-diastole.
 *
 * {@link HeartFrame.sampleHere} is the hot loop of the whole phantom: no allocation, no trigonometry. Coordinates travel in the array, as a number
 * that is handed to a function may cost an allocation.
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
  readonly #vessels: Vessels;
  readonly #surroundings: Surroundings;

  /**
   * @param time fraction of the cycle; 0 is end-diastole
   * @param labels what is labelled wall; no picture depends on it
   */
  constructor(heart: Heart, time: number, labels?: LabelConvention) {
    this.heart = heart;
    this.point = cycleAt(heart.cycle, time);
    const { contraction, inflow, outflow, atrialKick } = this.point;
    this.base = heart.leftVentricle.baseAt(contraction);
    this.#stretch = heart.leftVentricle.stretch(contraction);
    this.#leftVentricle = new LeftVentricleState(heart, contraction, inflow, cavityShareOfWall(heart, labels));
    const shrink = 1 - 0.08 * atrialKick - 0.02 * (1 - contraction);
    const septum = heart.interatrialSeptum;
    this.#leftAtrium = new AtriumState(heart.leftAtrium, Chamber.leftAtrium, septum, this.base, shrink);
    this.#rightAtrium = new AtriumState(heart.rightAtrium, Chamber.rightAtrium, 0.8 * septum, this.base, shrink);
    this.#rightVentricle = new RightVentricle(heart, this.base, contraction, inflow);
    this.#aorta = new AorticRoot(heart, this.base, outflow);
    this.#outflow = new PulmonaryOutflow(heart, this.#rightVentricle, this.base, contraction, outflow);
    this.#vessels = new Vessels(heart, inflow);
    this.#surroundings = new Surroundings(heart, this.base, contraction);
  }

  /**
   * @param px,py,pz point in the heart's frame, mm
   * @param out `[SAMPLE_LENGTH]`, filled; indices in {@link Sample}
   */
  sample(px: number, py: number, pz: number, out: Float64Array): void {
    out[Sample.x] = px;
    out[Sample.y] = py;
    out[Sample.z] = pz;
    this.sampleHere(out);
  }

  /** As {@link sample}, of the point that stands in `out` at `Sample.x`, `Sample.y` and `Sample.z`. */
  sampleHere(out: Float64Array): void {
    const { heart } = this;
    heart.warp.move(out, Sample.x);
    out[Sample.level] = 0;
    out[Sample.normalX] = 0;
    out[Sample.normalY] = 0;
    out[Sample.normalZ] = 0;
    out[Sample.chamber] = Chamber.none;
    out[Sample.depth] = 0;
    out[Sample.beyond] = 1e3;
    const { apex } = heart.leftVentricle;
    const material = apex - (apex - out[Sample.z]!) / this.#stretch;
    out[Sample.material] = material;
    if (material >= 0 && material < apex) {
      if (this.#leftVentricle.sample(out)) return;
    } else if (material < 0 && material > -70 * heart.patient.scale) {
      if (this.#aorta.sample(out)) return;
    }
    if (this.#outflow.sample(out)) return;
    if (material < heart.rightAtrium.planeOffset + 2) {
      if (this.#leftAtrium.sample(out)) return;
      if (this.#rightAtrium.sample(out)) return;
    }
    if (this.#rightVentricle.sample(out)) return;
    if (this.#vessels.sample(out)) return;
    this.#surroundings.sample(out);
  }
}
