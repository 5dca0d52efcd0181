"""The settings of added fields: per noun what there is, the form of one field, and what its values go through."""
