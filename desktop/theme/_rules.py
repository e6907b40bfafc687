"""The rules of the style sheet, by kind of widget. `$names` are colours and distances of the scheme.

Borders that get thicker with focus give the pixel back from the padding, so that nothing moves.
"""

SURFACES = """
QFrame[card="true"] { background: $surface; border: 1px solid $line; border-radius: $card_radius; }
QFrame[rule="true"] { background: $line; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget[page="true"] { background: transparent; border: none; }
QLabel { background: transparent; }
QLabel[role="muted"], QLabel[role="small"] { color: $muted; }
QLabel[role="muted"]:disabled, QLabel[role="small"]:disabled { color: $faint; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 5px 8px; }
QSplitter::handle { background: transparent; margin: 0 7px; }
QSplitter::handle:hover, QSplitter::handle:pressed { background: $edge; }
"""

BUTTONS = """
QPushButton {
    background: $surface; color: $text; border: 1px solid $edge; border-radius: $radius; padding: 6px 14px;
    min-height: 1.3em;
}
QPushButton:hover { background: $raised; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border: 2px solid $focus; padding: 5px 13px; }
QPushButton:disabled { background: $window; color: $faint; border-color: $line; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:pressed { background: $accent_pressed; border-color: $accent_pressed; }
QPushButton[kind="primary"]:disabled { background: $raised; color: $faint; border-color: $raised; }
QPushButton[kind="danger"] { color: $danger; border-color: $danger; }
QPushButton[kind="danger"]:hover { background: $bad_tint; }
QPushButton[kind="danger"]:pressed { background: $bad_tint; border-color: $danger_pressed; color: $danger_pressed; }
QPushButton[kind="danger"]:focus { border-color: $danger; }
QPushButton[kind="danger"]:disabled { background: $window; color: $faint; border-color: $line; }
QPushButton[kind="quiet"] { background: transparent; color: $accent; border-color: transparent; padding: 6px 8px; }
QPushButton[kind="quiet"]:hover { background: $raised; }
QPushButton[kind="quiet"]:pressed { background: $line; }
QPushButton[kind="quiet"]:focus { border-color: $focus; padding: 5px 7px; }
QPushButton[kind="quiet"]:disabled { background: transparent; color: $faint; }
QPushButton[segment="first"] { border-top-right-radius: 0; border-bottom-right-radius: 0; }
QPushButton[segment="middle"] { border-radius: 0; border-left-color: transparent; }
QPushButton[segment="last"] { border-top-left-radius: 0; border-bottom-left-radius: 0; border-left-color: transparent; }
QPushButton[segment]:checked { background: $selection; color: $on_selection; border-color: $accent; }
QPushButton[segment]:focus { border: 2px solid $focus; padding: 5px 13px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: $radius; padding: 4px; }
QToolButton:hover { background: $raised; }
QToolButton:pressed, QToolButton:checked { background: $line; }
QToolButton:focus { border: 2px solid $focus; padding: 3px; }
QToolButton::menu-indicator { image: none; }
"""

INPUTS = """
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox {
    background: $surface; color: $text; border: 1px solid $edge; border-radius: $radius;
    selection-background-color: $selection; selection-color: $on_selection; placeholder-text-color: $muted;
}
QLineEdit, QComboBox { padding: 6px 9px; min-height: 1.3em; }
QComboBox { padding-left: 11px; combobox-popup: 0; }
QPlainTextEdit, QTextEdit { padding: 3px 4px; }
QLineEdit:focus, QComboBox:focus { border: 2px solid $focus; padding: 5px 8px; }
QComboBox:focus { padding-left: 10px; }
QAbstractSpinBox { padding: 4px 22px 5px 1px; min-height: 1.5em; }
QAbstractSpinBox:focus { border: 2px solid $focus; padding: 3px 21px 4px 0px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit, QAbstractSpinBox QLineEdit:focus, QComboBox QLineEdit:focus {
    background: transparent; border: none; padding: 0 0 0 6px; min-height: 0;
}
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $focus; padding: 2px 3px; }
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {
    background: $window; color: $faint; border-color: $line;
}
QLineEdit[readOnly="true"], QPlainTextEdit[readOnly="true"], QTextEdit[readOnly="true"] { border-color: $line; }
QLineEdit[readOnly="true"]:focus, QPlainTextEdit[readOnly="true"]:focus, QTextEdit[readOnly="true"]:focus {
    border-color: $focus;
}
QComboBox::drop-down { border: none; width: 22px; subcontrol-origin: border; subcontrol-position: center right; }
QComboBox::down-arrow { image: $down_image; width: 14px; height: 14px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    border: none; background: transparent; width: 20px; subcontrol-origin: border; margin-right: 2px;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; margin-top: 2px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin-bottom: 2px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $raised; border-radius: 4px; }
QAbstractSpinBox::up-arrow { image: $up_image; width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: $down_image; width: 12px; height: 12px; }
"""

CHOICES = """
QCheckBox, QRadioButton { spacing: 8px; padding: 3px 4px; border: 2px solid transparent; border-radius: $radius; }
QCheckBox:focus, QRadioButton:focus { border-color: $focus; }
QCheckBox:disabled, QRadioButton:disabled { color: $faint; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {
    width: 16px; height: 16px; background: $surface; border: 1px solid $edge;
}
QCheckBox::indicator, QAbstractItemView::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {
    background: $accent; border-color: $accent; image: $check_image;
}
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {
    background: $accent; border-color: $accent; image: $dash_image;
}
QRadioButton::indicator:checked {
    width: 8px; height: 8px; border: 5px solid $accent; background: $on_accent;
}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $window; border-color: $line; }
QCheckBox::indicator:checked:disabled, QCheckBox::indicator:indeterminate:disabled {
    background: $faint; border-color: $faint;
}
QRadioButton::indicator:checked:disabled { border-color: $faint; background: $window; }
"""

LISTS = """
QAbstractItemView {
    background: $surface; color: $text; border: 1px solid $line; border-radius: $card_radius; padding: 1px;
    outline: none; selection-background-color: $selection; selection-color: $on_selection; gridline-color: $line;
}
QFrame[card="true"] QTableView, QDialog QTableView { border-color: transparent; }
QAbstractItemView:focus, QFrame[card="true"] QTableView:focus, QDialog QTableView:focus {
    border: 2px solid $focus; padding: 0px;
}
QAbstractItemView:disabled { color: $faint; }
QTreeView::item, QListView::item { padding: 2px 8px; border: none; }
QTableView::item { padding: 2px 8px; border: none; border-bottom: 1px solid $line; }
QAbstractItemView::item:hover { background: $raised; }
QAbstractItemView::item:selected { background: $selection; }
QComboBox QAbstractItemView, QComboBox QAbstractItemView:focus {
    background: $surface; color: $text; border: 1px solid $edge; border-radius: 0; padding: 4px; outline: none;
    selection-background-color: $selection; selection-color: $on_selection;
}
QHeaderView {
    background: $surface; border: none;
    border-top-left-radius: $card_radius; border-top-right-radius: $card_radius;
}
QHeaderView::section {
    background: $surface; color: $muted; border: none; border-bottom: 1px solid $line; padding: 7px 11px 7px 10px;
}
QHeaderView::section:hover { color: $text; }
QHeaderView::section:vertical { border-bottom: none; border-right: 1px solid $line; padding: 2px 8px; }
QHeaderView::down-arrow { image: $down_image; width: 12px; height: 12px; subcontrol-position: center right; }
QHeaderView::up-arrow { image: $up_image; width: 12px; height: 12px; subcontrol-position: center right; }
QTableCornerButton::section { background: $surface; border: none; }
"""

WINDOW = """
QListView#navigation { background: $window; border: 2px solid transparent; border-radius: 0; padding: 6px; }
QListView#navigation:focus { border: 2px solid transparent; padding: 6px; }
QListView#navigation::item {
    padding: 5px 8px; margin: 1px 0; border: 2px solid transparent; border-radius: $radius; color: $muted;
}
QListView#navigation::item:hover { background: $raised; color: $text; }
QListView#navigation::item:selected { background: $selection; color: $on_selection; }
QListView#navigation::item:focus { border: 2px solid $focus; }
QLabel#status, QWidget#status { color: $muted; background: $window; }
QFrame#status { border: none; border-top: 1px solid $line; }
QStatusBar { background: $window; color: $muted; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QTabWidget::pane { border: none; border-top: 1px solid $line; top: -1px; }
QTabBar { background: transparent; }
QTabBar::tab {
    background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent;
    padding: 7px 12px; margin-right: 2px;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus {
    background: $raised; border-bottom: 2px solid $focus;
    border-top-left-radius: 4px; border-top-right-radius: 4px;
}
QTabBar::tab:disabled { color: $faint; }
QMenu { background: $surface; color: $text; border: 1px solid $edge; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $selection; color: $on_selection; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenuBar { background: $window; color: $text; }
QMenuBar::item { padding: 5px 9px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $raised; }
QProgressBar { background: $line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
"""

SCROLLING = """
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $faint; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; background: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
"""

TONE = """
QLabel[chip="true"][tone="$tone"] {
    color: $text; background: $tint; border: 1px solid $line; border-radius: $radius; padding: 1px 7px;
}
QWidget[notice="true"][tone="$tone"] { background: $tint; border: 1px solid $line; border-radius: $radius; }
QWidget[notice="true"][tone="$tone"][fresh="true"] { border: 2px solid $text; }
QWidget[notice="true"][tone="$tone"] > QLabel { color: $text; }
"""

ALL = (SURFACES, BUTTONS, INPUTS, LISTS, CHOICES, WINDOW, SCROLLING)
