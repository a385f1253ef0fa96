"""A case of the suite: a function, and what the table says of it."""

import dataclasses
import typing


@dataclasses.dataclass
class Case:
  name: str
  title: str
  function: typing.Callable
  arguments: tuple = ()
  peer: str = 'Linux'
  quick: bool = False  # tools/test runs it.
  needs: tuple = ()  # Programs that it can't do without.
  alone: bool = False  # It measures time: nothing runs beside it.
  limit: int = 300  # Seconds that it may take.


class Cases(list):
  """Collects cases: `@CASES.add(title, ...)` above their functions, or add_each for several arguments."""

  def add(self, title, **options):

    def register(function):
      self.append(Case(function.__name__, title, function, **options))
      return function

    return register

  def add_each(self, title, choices, quick=(), **options):
    """One case for each of `choices`, a map of words to arguments; those in `quick` are quick."""

    def register(function):
      for word, arguments in choices.items():
        name = f'{function.__name__}_{word}'
        self.append(Case(name, title.format(word.replace('_', ' ')), function, arguments, quick=word in quick, **options))
      return function

    return register
