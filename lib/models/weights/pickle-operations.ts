import type { Unpickler } from './pickle.js';
import { PickleTuple } from './pickle-values.js';

/**
 * What each operation of a pickle does, by its byte. An operation that is not here is refused: those that make objects (NEWOBJ, INST, OBJ, EXT)
 * or are of no use to a state dict.
 */
export const OPERATIONS: Readonly<Record<number, (reader: Unpickler) => void>> = {
  128: (r) => {
    const protocol = r.uint8();
    if (protocol > 5) r.fail(`is a pickle of protocol ${protocol}`);
  },
  149: (r) => r.skip(8), // FRAME
  40: (r) => r.mark(),
  48: (r) => void r.pop(),
  49: (r) => void r.popMark(),
  78: (r) => r.push(null),
  136: (r) => r.push(true),
  137: (r) => r.push(false),
  74: (r) => r.push(r.int32()),
  75: (r) => r.push(r.uint8()),
  77: (r) => r.push(r.uint16()),
  138: (r) => r.push(r.long(r.uint8())),
  139: (r) => r.push(r.long(r.uint32())),
  71: (r) => r.push(r.float64()),
  88: (r) => r.push(r.text(r.uint32())),
  140: (r) => r.push(r.text(r.uint8())),
  141: (r) => r.push(r.text(r.uint64())),
  84: (r) => r.push(r.text(r.uint32())), // BINSTRING (Python 2)
  85: (r) => r.push(r.text(r.uint8())), // SHORT_BINSTRING (Python 2)
  66: (r) => r.push(r.raw(r.uint32())),
  67: (r) => r.push(r.raw(r.uint8())),
  125: (r) => r.pushContainer(new Map()),
  93: (r) => r.pushContainer([]),
  41: (r) => r.pushContainer(new PickleTuple([])),
  133: (r) => r.pushContainer(new PickleTuple(r.popTo(1))),
  134: (r) => r.pushContainer(new PickleTuple(r.popTo(2))),
  135: (r) => r.pushContainer(new PickleTuple(r.popTo(3))),
  116: (r) => r.pushContainer(new PickleTuple(r.popMark())),
  108: (r) => r.pushContainer(r.popMark()),
  100: (r) => {
    const pairs = r.popMark();
    r.pushContainer(new Map());
    r.setItems(pairs);
  },
  97: (r) => r.append(r.popTo(1)),
  101: (r) => r.append(r.popMark()),
  115: (r) => r.setItems(r.popTo(2)),
  117: (r) => r.setItems(r.popMark()),
  113: (r) => r.remember(r.uint8()),
  114: (r) => r.remember(r.uint32()),
  148: (r) => r.memoize(),
  104: (r) => r.recall(r.uint8()),
  106: (r) => r.recall(r.uint32()),
  99: (r) => r.global(r.line(), r.line()),
  147: (r) => r.stackGlobal(),
  82: (r) => r.reduce(),
  81: (r) => r.persistent(),
  98: (r) => r.build(),
};
