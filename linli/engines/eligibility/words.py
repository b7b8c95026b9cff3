"""Words of the eligibility engine in Chinese and English: faults of rules files and tables, near-misses."""

from __future__ import annotations

from linli.engines.errors import Fault
from linli.engines.words import Lang, Words

WORDS = Words(
    {
        "screening": ("按规则筛查", "Screening by the rules"),
        "to_be_confirmed": ("（依据或标准待核）", " (basis or figure to be checked)"),
        "near_start": ("接近“{title}”：", "Close to “{title}”: "),
        "near_short": ("尚不符合——{condition}；", "not met – {condition}; "),
        "near_short_by": ("尚不符合——{condition}（差", "not met – {condition} (short by "),
        "near_close": ("）；", "); "),
        "near_unknown": ("未知，请核实——{condition}；", "not known, please ask – {condition}; "),
        "rules_toml": (
            "不是可读的 TOML（{detail}）。请改正该处后重试。",
            "is not readable TOML ({detail}). Correct that place and try again.",
        ),
        "rules_shape": ("类型不对，应为 {wanted}。", "has the wrong shape: {wanted} is needed."),
        "rules_missing": ("缺少这一项，请补上。", "is missing: please add it."),
        "rules_choice": ("不在可选值中，请用其一：{allowed}。", "is not a choice: use one of {allowed}."),
        "rules_span": ("结束日早于开始日，请对换或改正。", "ends before it begins: swap or correct the days."),
        "rules_unknown_key": ("不认识的项，请检查拼写或删去。", "is not a known key: check its spelling or drop it."),
        "rules_column_twice": (
            "同一列声明了两种类型（另一处为 {wanted}）。",
            "is declared twice, elsewhere as {wanted}.",
        ),
        "rules_mixed_types": (
            "同一参数的各个值类型不一致，请写成同一种。",
            "has values of more than one type: write them all as one.",
        ),
        "rules_overlap": (
            "两个值的有效期重叠（{day} 起），请改正起止日。",
            "has two values for the same days (from {day}): correct their first and last days.",
        ),
        "rules_twice": ("名称重复，请另取名。", "is used twice: choose another code."),
        "rules_name": ("名称只能用字母、数字和下划线。", "must be made of letters, digits and underscores."),
        "rules_template": ("句子模板写法有误，只能用 {{名称}}。", "is not a sentence template: use {{name}} only."),
        "rules_template_name": (
            "句子里的名称没有定义，或是列表。请换成已声明的单值的列、参数或指标。",
            "names in the sentence something unknown or a list: use a declared column, parameter or figure.",
        ),
        "expression_type": (
            "“{part}”的类型是 {found}，这里需要 {wanted}。",
            "“{part}” is {found}; {wanted} is needed.",
        ),
        "expression_not_allowed": (
            "“{part}”不属于规则语言，只能用比较、and / or / not、+ - * /、in (…) 和规则函数。",
            "“{part}” is not part of the rule language: use comparisons, and / or / not, + - * /, in (…), functions.",
        ),
        "expression_unknown_name": (
            "“{part}”没有定义，请检查拼写，或声明为列、参数或指标。",
            "“{part}” is no column, parameter or figure: check its spelling or declare it.",
        ),
        "expression_unknown_function": (
            "没有函数“{part}”，请改用：{known}。",
            "there is no function “{part}”: use one of {known}.",
        ),
        "expression_compare": (
            "“{part}”两边不能这样比较（{found}），请比较同一类型的值。",
            "the sides of “{part}” cannot be compared ({found}): compare values of one type.",
        ),
        "expression_membership": ("in 后面要写一组值：(…, …)。", "after `in` write a tuple of values: (…, …)."),
        "expression_literal": ("“{part}”这里只能直接写出值。", "“{part}” must be written out as a value here."),
        "expression_arguments": ("“{part}”的参数个数不对，应为 {wanted}。", "“{part}” takes {wanted} arguments."),
        "expression_needs_column": (
            "“{part}”要读 {column} 列（{wanted}），请在 columns 中声明。",
            "“{part}” reads the column {column} ({wanted}): declare it under columns.",
        ),
        "expression_household_nested": (
            "“{part}”：家庭函数不能套用，请把里面的另写成一个指标。",
            "“{part}”: household functions cannot be nested; write the inner one as a figure of its own.",
        ),
        "expression_household_constant": (
            "“{part}”没有读取成员的任何情况，请在里面写上一列。",
            "“{part}” reads no fact of the members: name a column inside it.",
        ),
        "expression_household_place": (
            "家庭函数只能写在 figure 中，请移到那里，再用它的名称。",
            "household functions stand only in a figure: move it there and use its name.",
        ),
        "expression_not_household": (
            "按户的规则只能用全户相同的指标和参数，请改用家庭指标，或改成按人。",
            "a rule on households may use only household figures and parameters: use these, or rule on persons.",
        ),
        "expression_date": ("“{part}”不是日期（年-月-日）。", "“{part}” is not a date (year-month-day)."),
        "expression_too_long": (
            "“{part}…”太长（上限 {limit}），请拆成几个指标。",
            "“{part}…” is too long (limit {limit}): split it.",
        ),
        "expression_syntax": (
            "“{part}”读不懂，请检查括号和引号。",
            "“{part}” cannot be read: check brackets and quotes.",
        ),
        "no_subject_column": (
            "表中没有规则所说的人员编号列，请补上这一列，或改正规则的 subject。",
            "is the subject column of the rules, and the table has none: add it or correct `subject` in the rules.",
        ),
        "column_type": (
            "列的类型是 {found}，规则需要 {wanted}，请改正这一列，或改正规则的 columns。",
            "is {found} in the table; the rules need {wanted}: correct the column, or `columns` in the rules.",
        ),
        "cell_type": ("读不成 {wanted}，请改正这一格。", "cannot be read as {wanted}: please correct the cell."),
        "table_unreadable": (
            "文件读不出来（{detail}），请另存为 csv 或 parquet 再试。",
            "cannot be read ({detail}): save it as CSV or Parquet and try again.",
        ),
        "table_kind": (
            "不支持的文件类型，请用 parquet、csv 或 xlsx。",
            "is not a supported file: use parquet, csv or xlsx.",
        ),
        "no_rules_in_force": (
            "这一天没有生效的规则。请换一天，或补上这一天的规则和参数。",
            "holds no rule in force on that day: choose another day, or add rules and parameters for it.",
        ),
    }
)


def say_fault(fault: Fault, lang: Lang = "zh") -> str:
    """A fault in words: what is wrong and the cure."""
    return WORDS.say(fault.code, lang, **fault.params)
