/* The cells that assistive technology and the pointer meet: a few rows, used again and again. */

/** A pool of rows over the canvas. The row of the active cell stays, wherever it is. */
export class Cells {
  constructor(element, { labelOf, isChosen }) {
    this.element = element;
    this.labelOf = labelOf;
    this.isChosen = isChosen;
    this.rows = new Map();
    this.spare = [];
    this.columns = 0;
  }

  /** Take the shape of the grid; all cells are made anew where it changed. */
  shape({ count, columns, cellWidth, cellHeight }) {
    Object.assign(this, { count, cellWidth, cellHeight });
    this.element.setAttribute("aria-rowcount", String(Math.ceil(count / columns)));
    this.element.setAttribute("aria-colcount", String(columns));
    this.columns = columns;
    this.rows.clear();
    this.spare = [];
    this.element.replaceChildren();
  }

  /** Have exactly the rows from first to last, and the one of the active cell. */
  assign(first, last, active) {
    const activeRow = Math.floor(active / this.columns);
    const isWanted = (row) => (row >= first && row <= last) || row === activeRow;
    for (const [row, line] of this.rows) {
      if (!isWanted(row)) {
        this.rows.delete(row);
        this.spare.push(line);
      }
    }
    for (let row = first; row <= last; row += 1) {
      this.#have(row);
    }
    this.#have(activeRow);
    this.spare.forEach((line) => { line.element.hidden = true; });
  }

  /** Put the rows where the scroll position wants them. */
  place(top) {
    for (const [row, line] of this.rows) {
      const at = Math.max(-10_000, Math.min(10_000, row * this.cellHeight - top));
      line.element.style.transform = `translateY(${at}px)`;
    }
  }

  /** Return the element of an index, where it has one. */
  at(index) {
    return this.rows.get(Math.floor(index / this.columns))?.cells[index % this.columns];
  }

  /** Write labels and states again, of one index or of all. */
  refresh(active, index = null) {
    for (const [row, line] of this.rows) {
      if (index === null || Math.floor(index / this.columns) === row) {
        line.cells.forEach((cell, column) => this.#write(cell, row * this.columns + column, active));
      }
    }
  }

  #have(row) {
    if (this.rows.has(row) || row < 0 || row * this.columns >= this.count) {
      return;
    }
    const line = this.spare.pop() ?? this.#make();
    this.element.insertBefore(line.element, this.#after(row));
    line.element.hidden = false;
    line.element.setAttribute("aria-rowindex", String(row + 1));
    this.rows.set(row, line);
    line.cells.forEach((cell, column) => this.#write(cell, row * this.columns + column, -1));
  }

  /* The element before which a row stands: whoever reads the grid line by line reads it in order. */
  #after(row) {
    let next = Infinity;
    for (const other of this.rows.keys()) {
      next = other > row && other < next ? other : next;
    }
    return this.rows.get(next)?.element ?? null;
  }

  #make() {
    const element = document.createElement("div");
    element.setAttribute("role", "row");
    element.className = "review-row";
    element.style.height = `${this.cellHeight}px`;
    const cells = Array.from({ length: this.columns }, (_, column) => {
      const cell = document.createElement("div");
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-colindex", String(column + 1));
      cell.className = "review-cell";
      cell.tabIndex = -1;
      cell.style.width = `${this.cellWidth}px`;
      element.append(cell);
      return cell;
    });
    return { element, cells };
  }

  #write(cell, index, active) {
    const isThere = index < this.count;
    cell.hidden = !isThere;
    cell.reviewIndex = index;
    if (isThere) {
      write(cell, "aria-label", this.labelOf(index));
      write(cell, "aria-selected", String(this.isChosen(index)));
      write(cell, "tabindex", index === active ? "0" : "-1");
    }
  }
}

function write(cell, name, value) {
  if (cell.getAttribute(name) !== value) {
    cell.setAttribute(name, value);
  }
}
