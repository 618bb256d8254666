"""What folds the log into views, whatever they answer. The files beside this folder hold one question each."""
