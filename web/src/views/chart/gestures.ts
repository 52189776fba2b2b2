// What fingers, wheel and shift-drag do to a chart: pan and zoom, in shares of its width. A drag without shift is
// uPlot's own, it selects a span.

export interface GestureEvents {
  /** Moves the view by a share of its span; positive is later. */
  onPan(share: number): void;
  /** Factor below one is closer; `around` from 0, left, to 1, right. */
  onZoom(factor: number, around: number): void;
  onBack(): void;
  /** A stretch between two shares of the width is marked, while it is drawn. */
  onMark(from: number, to: number): void;
  /** A click, or a tap, that moved nothing. */
  onTap(share: number): void;
  /** A drag marks, also without Alt. */
  marks(): boolean;
}

const TAP_PX = 4;
const WHEEL_STEP = 1.0015;

export function listenForGestures(area: HTMLElement, events: GestureEvents): () => void {
  const fingers = new Map<number, number>();
  let dragged: number | null = null;
  let markedFrom: number | null = null;
  let downAt: number | null = null;
  const width = () => Math.max(1, area.clientWidth);
  const shareAt = (x: number) => (x - area.getBoundingClientRect().left) / width();

  const down = (event: PointerEvent) => {
    downAt = event.clientX;
    if (event.altKey || (events.marks() && fingers.size === 0 && event.button === 0)) {
      markedFrom = shareAt(event.clientX);
      area.setPointerCapture(event.pointerId);
      return;
    }
    if (event.pointerType === 'touch') {
      fingers.set(event.pointerId, event.clientX);
      area.setPointerCapture(event.pointerId);
    } else if (event.shiftKey || event.button === 1) {
      dragged = event.clientX;
      area.setPointerCapture(event.pointerId);
      event.preventDefault();
    }
  };
  const move = (event: PointerEvent) => {
    if (downAt !== null && Math.abs(event.clientX - downAt) > TAP_PX) downAt = null;
    if (markedFrom !== null) {
      if (downAt === null) events.onMark(markedFrom, shareAt(event.clientX));
      return;
    }
    if (dragged !== null) {
      events.onPan((dragged - event.clientX) / width());
      dragged = event.clientX;
      return;
    }
    const before = fingers.get(event.pointerId);
    if (before === undefined) return;
    if (fingers.size === 1) {
      events.onPan((before - event.clientX) / width());
    } else {
      const other = [...fingers].find(([id]) => id !== event.pointerId)![1];
      const distance = Math.max(24, Math.abs(before - other));
      const wider = Math.max(24, Math.abs(event.clientX - other));
      events.onZoom(distance / wider, shareAt((event.clientX + other) / 2));
    }
    fingers.set(event.pointerId, event.clientX);
  };
  const up = (event: PointerEvent) => {
    if (event.type === 'pointerup' && downAt !== null && event.button === 0) events.onTap(shareAt(downAt));
    downAt = null;
    markedFrom = null;
    fingers.delete(event.pointerId);
    dragged = null;
  };
  // What is ours uPlot must not see: it would select.
  const shield = (event: MouseEvent) => {
    const ours = event.shiftKey || event.altKey || event.button === 1 || events.marks();
    if (ours) event.stopImmediatePropagation();
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) events.onPan(event.deltaX / width());
    else events.onZoom(WHEEL_STEP ** event.deltaY, shareAt(event.clientX));
  };
  const double = () => events.onBack();

  area.addEventListener('mousedown', shield, true);
  area.addEventListener('pointerdown', down);
  area.addEventListener('pointermove', move);
  area.addEventListener('pointerup', up);
  area.addEventListener('pointercancel', up);
  area.addEventListener('wheel', wheel, { passive: false });
  area.addEventListener('dblclick', double);
  return () => {
    area.removeEventListener('mousedown', shield, true);
    area.removeEventListener('pointerdown', down);
    area.removeEventListener('pointermove', move);
    area.removeEventListener('pointerup', up);
    area.removeEventListener('pointercancel', up);
    area.removeEventListener('wheel', wheel);
    area.removeEventListener('dblclick', double);
  };
}
