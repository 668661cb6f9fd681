/// <reference lib="dom" />
import type { ExplorerGeometry } from './explorer-geometry.js';

/** What the explorer page carries. */
export interface ExplorerData {
  readonly samples: readonly string[];
  readonly patients: readonly string[];
  readonly attributes: readonly {
    readonly name: string;
    readonly classes: readonly { readonly name: string; readonly colour: string; readonly symbol: string }[];
    /** Class of each frame. */
    readonly codes: readonly number[];
  }[];
  readonly maps: readonly { readonly name: string; readonly x: readonly number[]; readonly y: readonly number[] }[];
  readonly sprite: { readonly source: string; readonly tile: number; readonly columns: number };
  readonly neighbours: readonly (readonly number[])[] | null;
}

/**
 * The script of the explorer page. Self-contained: the page carries its source text, so it may use nothing but its parameters
 * and the browser.
 */
export function runExplorer(data: ExplorerData, geometry: ExplorerGeometry): void {
  const MOST_SHOWN = 300;
  const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
  const canvas = byId('plot') as HTMLCanvasElement;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const count = data.samples.length;
  const shown: boolean[] = new Array(count).fill(true);
  const selected = new Set<number>();
  const px: number[] = new Array(count).fill(0);
  const py: number[] = new Array(count).fill(0);
  let map = data.maps[0] as ExplorerData['maps'][number];
  let attribute = data.attributes[0] as ExplorerData['attributes'][number];
  const hidden = new Set<number>();
  let zoom = 1;
  let panX = 0;
  let panY = 0;
  let current = -1;
  let picked = -1;
  let lassoing = false;
  let lasso: [number, number][] = [];
  let frameRequest = 0;

  const element = <K extends keyof HTMLElementTagNameMap>(tag: K, text?: string): HTMLElementTagNameMap[K] => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const picture = (index: number, side: number): HTMLElement => {
    const { tile, columns } = data.sprite;
    const box = element('span');
    const scale = side / tile;
    box.className = 'picture';
    box.style.width = `${side}px`;
    box.style.height = `${side}px`;
    box.style.backgroundSize = `${columns * tile * scale}px auto`;
    box.style.backgroundPosition = `${-(index % columns) * side}px ${-Math.floor(index / columns) * side}px`;
    return box;
  };

  const classOf = (index: number): { name: string; colour: string; symbol: string } =>
    attribute.classes[attribute.codes[index] as number] as { name: string; colour: string; symbol: string };

  const trace = (symbol: string, x: number, y: number, r: number): void => {
    if (symbol === 'square') context.rect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7);
    else if (symbol === 'diamond') polygon(x, y, [0, -r * 1.25, r * 1.25, 0, 0, r * 1.25, -r * 1.25, 0]);
    else if (symbol === 'triangle-up') polygon(x, y, [0, -r * 1.2, r * 1.1, r * 0.8, -r * 1.1, r * 0.8]);
    else if (symbol === 'cross') {
      context.rect(x - r * 1.15, y - r * 0.4, r * 2.3, r * 0.8);
      context.rect(x - r * 0.4, y - r * 1.15, r * 0.8, r * 2.3);
    } else {
      context.moveTo(x + r, y);
      context.arc(x, y, r, 0, 2 * Math.PI);
    }
  };

  const polygon = (x: number, y: number, steps: number[]): void => {
    context.moveTo(x + (steps[0] as number), y + (steps[1] as number));
    for (let i = 2; i < steps.length; i += 2) context.lineTo(x + (steps[i] as number), y + (steps[i + 1] as number));
    context.closePath();
  };

  const place = (): void => {
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < count; i++) {
      left = Math.min(left, map.x[i] as number);
      right = Math.max(right, map.x[i] as number);
      top = Math.min(top, map.y[i] as number);
      bottom = Math.max(bottom, map.y[i] as number);
    }
    const scale = Math.min((width - 40) / (right - left || 1), (height - 40) / (bottom - top || 1)) * zoom;
    for (let i = 0; i < count; i++) {
      px[i] = width / 2 + ((map.x[i] as number) - (left + right) / 2) * scale + panX;
      py[i] = height / 2 - ((map.y[i] as number) - (top + bottom) / 2) * scale + panY;
    }
  };

  const draw = (): void => {
    frameRequest = 0;
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, width, height);
    place();
    const room = Math.min(1, Math.sqrt(Math.min(width, height) / 520));
    const radius = Math.max(2, Math.min(6, 5 - Math.log10(count / 300))) * Math.min(1.6, Math.sqrt(zoom)) * room;
    context.globalAlpha = selected.size > 0 ? 0.25 : 0.8;
    for (const [code, { colour, symbol }] of attribute.classes.entries()) {
      if (hidden.has(code)) continue;
      context.beginPath();
      for (let i = 0; i < count; i++) {
        if (attribute.codes[i] === code) trace(symbol, px[i] as number, py[i] as number, radius);
      }
      context.fillStyle = colour;
      context.fill();
    }
    context.globalAlpha = 1;
    for (const i of selected) {
      if (!shown[i]) continue;
      context.beginPath();
      trace(classOf(i).symbol, px[i] as number, py[i] as number, radius * 1.15);
      context.fillStyle = classOf(i).colour;
      context.fill();
    }
    const near = picked >= 0 ? (data.neighbours?.[picked] ?? []) : [];
    context.lineWidth = 1.5;
    context.strokeStyle = '#444444';
    for (const i of near) {
      context.beginPath();
      context.moveTo(px[picked] as number, py[picked] as number);
      context.lineTo(px[i] as number, py[i] as number);
      context.stroke();
      ring(i, radius + 3, '#444444', 1.5);
    }
    if (picked >= 0) ring(picked, radius + 4, '#000000', 3);
    if (current >= 0) ring(current, radius + 4, '#D55E00', 3);
    if (lasso.length > 1) {
      context.beginPath();
      for (const [x, y] of lasso) context.lineTo(x, y);
      context.closePath();
      context.fillStyle = 'rgba(0, 114, 178, 0.12)';
      context.fill();
      context.strokeStyle = '#0072B2';
      context.stroke();
    }
  };

  const ring = (index: number, radius: number, colour: string, width: number): void => {
    context.beginPath();
    context.arc(px[index] as number, py[index] as number, radius, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  };

  const redraw = (): void => {
    if (frameRequest === 0) frameRequest = requestAnimationFrame(draw);
  };

  const show = (index: number): void => {
    if (index === current) return;
    current = index;
    redraw();
    if (index < 0) return;
    const list = element('dl');
    const entry = (name: string, value: string): void => {
      list.append(element('dt', name), element('dd', value));
    };
    for (const { name, classes, codes } of data.attributes) entry(name, classes[codes[index] as number]?.name ?? '');
    entry('patient', data.patients[index] as string);
    entry('sample', data.samples[index] as string);
    byId('frame').replaceChildren(picture(index, 128), list);
  };

  const thumbnail = (index: number): HTMLElement => {
    const button = element('button');
    button.type = 'button';
    button.append(picture(index, 72), element('span', classOf(index).name));
    button.title = `${data.samples[index]}, patient ${data.patients[index]}`;
    button.style.borderColor = classOf(index).colour;
    button.addEventListener('mouseenter', () => show(index));
    button.addEventListener('focus', () => show(index));
    button.addEventListener('click', () => pick(index));
    return button;
  };

  const sheet = (id: string, indices: readonly number[], empty: string): void => {
    const parts: HTMLElement[] = indices.slice(0, MOST_SHOWN).map(thumbnail);
    if (indices.length === 0) parts.push(element('p', empty));
    if (indices.length > MOST_SHOWN) {
      const note = element('p', `The first ${MOST_SHOWN} of ${indices.length} are shown.`);
      note.className = 'note';
      parts.push(note);
    }
    byId(id).replaceChildren(...parts);
  };

  const pick = (index: number): void => {
    picked = index;
    show(index);
    sheet(
      'neighbours',
      index < 0 ? [] : (data.neighbours?.[index] ?? []),
      data.neighbours === null ? 'This page was made without neighbours.' : 'Click a point.',
    );
    redraw();
  };

  const showSelection = (): void => {
    const indices = [...selected].filter((index) => shown[index]);
    byId('count').textContent = indices.length > 0 ? `(${indices.length} of ${count})` : '';
    sheet('sheet', indices, 'Draw a lasso around points.');
    redraw();
  };

  const clear = (): void => {
    selected.clear();
    pick(-1);
    showSelection();
  };

  const reset = (): void => {
    zoom = 1;
    panX = 0;
    panY = 0;
    redraw();
  };

  const setLasso = (on: boolean): void => {
    lassoing = on;
    byId('lasso').setAttribute('aria-pressed', String(on));
  };

  const zoomAt = (x: number, y: number, factor: number): void => {
    const next = Math.min(40, Math.max(0.5, zoom * factor));
    const applied = next / zoom;
    panX = (panX - x + canvas.clientWidth / 2) * applied + x - canvas.clientWidth / 2;
    panY = (panY - y + canvas.clientHeight / 2) * applied + y - canvas.clientHeight / 2;
    zoom = next;
    redraw();
  };

  const legend = (): void => {
    hidden.clear();
    shown.fill(true);
    const buttons = attribute.classes.map(({ name, colour, symbol }, code) => {
      const button = element('button');
      button.type = 'button';
      button.setAttribute('aria-pressed', 'true');
      const glyph =
        { circle: '\u25CF', diamond: '\u25C6', 'triangle-up': '\u25B2', square: '\u25A0', cross: '\u271A' }[symbol] ??
        '\u25CF';
      const mark = element('span', glyph);
      mark.style.color = colour;
      mark.setAttribute('aria-hidden', 'true');
      button.append(mark, document.createTextNode(name));
      button.addEventListener('click', () => {
        if (!hidden.delete(code)) hidden.add(code);
        button.setAttribute('aria-pressed', String(!hidden.has(code)));
        for (let i = 0; i < count; i++) shown[i] = !hidden.has(attribute.codes[i] as number);
        showSelection();
      });
      return button;
    });
    byId('legend').replaceChildren(...buttons);
    showSelection();
    if (picked >= 0) pick(picked);
  };

  const options = (id: string, names: readonly string[], choose: (index: number) => void): void => {
    const select = byId(id) as HTMLSelectElement;
    for (const name of names) select.append(element('option', name));
    select.addEventListener('change', () => choose(select.selectedIndex));
  };

  const pointers = new Map<number, [number, number]>();
  let moved = false;
  const at = (event: PointerEvent | WheelEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left - canvas.clientLeft, event.clientY - box.top - canvas.clientTop];
  };

  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    moved = false;
    lasso = lassoing && pointers.size === 1 ? [at(event)] : [];
  });
  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = at(event);
    const before = pointers.get(event.pointerId);
    if (before === undefined) {
      show(geometry.nearestPoint(x, y, px, py, shown, 14));
      return;
    }
    if (Math.hypot(x - before[0], y - before[1]) < (moved ? 0.5 : 4)) return;
    moved = true;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) {
      const factor =
        Math.hypot(x - other[0], y - other[1]) / (Math.hypot(before[0] - other[0], before[1] - other[1]) || 1);
      zoomAt((x + other[0]) / 2, (y + other[1]) / 2, factor);
    } else if (lassoing) {
      lasso.push([x, y]);
    } else {
      panX += x - before[0];
      panY += y - before[1];
    }
    pointers.set(event.pointerId, [x, y]);
    redraw();
  });
  canvas.addEventListener('pointerup', (event) => {
    pointers.delete(event.pointerId);
    const [x, y] = at(event);
    if (lassoing && lasso.length > 2) {
      if (!event.shiftKey) selected.clear();
      for (let i = 0; i < count; i++) {
        if (shown[i] && geometry.insidePolygon(px[i] as number, py[i] as number, lasso)) selected.add(i);
      }
      showSelection();
    } else if (!moved) {
      const index = geometry.nearestPoint(x, y, px, py, shown, event.pointerType === 'touch' ? 26 : 14);
      if (index >= 0) pick(index);
    }
    lasso = [];
    redraw();
  });
  canvas.addEventListener('pointercancel', (event) => {
    pointers.delete(event.pointerId);
    lasso = [];
    redraw();
  });
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      zoomAt(...at(event), Math.exp(-event.deltaY * 0.0015));
    },
    { passive: false },
  );
  canvas.addEventListener('keydown', (event) => {
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (arrow !== undefined) {
      const from =
        current >= 0
          ? current
          : geometry.nearestPoint(canvas.clientWidth / 2, canvas.clientHeight / 2, px, py, shown, Infinity);
      const next =
        current < 0 ? from : geometry.nearestInDirection(from, arrow[0] as number, arrow[1] as number, px, py, shown);
      if (next >= 0) show(next);
    } else if (event.key === 'Enter' && current >= 0) pick(current);
    else if (event.key === ' ' && current >= 0) {
      if (!selected.delete(current)) selected.add(current);
      showSelection();
    } else if (event.key === 'Escape') clear();
    else if (event.key === '+' || event.key === '-') {
      zoomAt(canvas.clientWidth / 2, canvas.clientHeight / 2, event.key === '+' ? 1.25 : 0.8);
    } else return;
    event.preventDefault();
  });

  const rule = element('style', `.picture { background-image: url("${data.sprite.source}"); }`);
  document.head.append(rule);
  options(
    'map',
    data.maps.map(({ name }) => name),
    (index) => {
      map = data.maps[index] ?? map;
      reset();
    },
  );
  options(
    'colour',
    data.attributes.map(({ name }) => name),
    (index) => {
      attribute = data.attributes[index] ?? attribute;
      legend();
    },
  );
  byId('lasso').addEventListener('click', () => setLasso(!lassoing));
  byId('clear').addEventListener('click', clear);
  byId('reset').addEventListener('click', reset);
  window.addEventListener('resize', redraw);
  legend();
  draw();
}
